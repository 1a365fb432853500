"""Column headers that are no labels: identifiers, bookkeeping and computed properties."""

from __future__ import annotations

import re
from collections.abc import Sequence

NAMES_ROWS = "by its header it names or sorts the rows"
IS_PROPERTY = "by its header it is a computed property or bookkeeping; tasks=… names it if meant"

IS_RELATION = "it says which values of another column are bounds"
_RELATIONS = ("relation", "qualifier", "operator")

_NAMES_ROWS = re.compile(
    r"|unnamed: \d+|index|idx|row|row_number|name|cas|fold|split|tag|(.*[\s_.-])?(ids?|cid|sid|tag)"
)
"""Headers, in lower case, of columns whose numbers name or sort the rows."""

_MAY_NAME_ROWS = re.compile(r"no\.?|nr\.?")
"""Headers of columns that do so unless they hold classes: nitric oxide, a nuclear receptor."""

_COUNTED = (
    r"h(ydrogen)? ?(b|bond)? ?(donors?|acceptors?)|(lipinski )?hb[ad]|rot(atable)? ?b(onds?)?|rbs?|"
    r"rtb|(heavy |hetero |aromatic |stereo )?atoms?|(aromatic |aliphatic |saturated )?rings?|"
    r"(chiral|stereo) ?(centers?|centres?)|(ro5|ro3|lipinski) violations?"
)
"""What is counted in a structure, in the plural or not."""

_PROGRAM = r"(pubchem |cactvs |openeye |rdkit |molecule |compound |calculated |computed )*"
"""What may stand before a property: who has computed it."""

_PROPERTY = re.compile(
    rf"(.* )?(predicted|calculated|computed|calc)( .*)?|{_PROGRAM}("
    # weight
    r"mw|m ?wt|mol(ar|ecular)? ?(weight|wt|mass)|mol ?(weight|wt)|amw|mw freebase|mw monoisotopic|"
    r"((full|average|avg|exact|monoisotopic) )?(mol(ecular)? )?(weight|mass|wt)|formula weight|fw|"
    # lipophilicity and surface, as programs compute them; logP and logD alone may be measured
    r"[acmswx] ?log ?[pds]( ?3)?( aa)?|xlogp3|(mol|crippen|wildman crippen) ?log ?p|cx .*|acd .*|"
    r"(topological )?(t ?psa|polar surface( area)?)( \w)?|psa|surface area|molar ?refractivity|mr|"
    # counts
    rf"(#|n|num|number|no|count)( of)? ?({_COUNTED})|({_COUNTED})( count)?|(atom|bond|component|"
    r"ring|tautomer|fragment|.* stereo) count|(total |formal )charge|charge|fraction ?csp3|fsp3|"
    # scores of a structure
    r"qed( weighted)?|np likeness( score)?|sa ?score|complexity|tanimoto|similarity|"
    # bookkeeping
    r"(document |publication |first )?(year|approval)|.* year|date|.* date|volume|issue|"
    r"(first |last )?page|pubmed|pmid|max phase|.* max phase|price|cost|stock|quantity|purity)"
)
"""Headers of computed properties and of bookkeeping, with blanks for all but letters and digits."""


def why_no_label(header: str) -> str | None:
    """Return why a column of numbers is no task by its header; None if it may be one."""
    if _NAMES_ROWS.fullmatch(header.strip().lower()):
        return NAMES_ROWS
    return IS_PROPERTY if _PROPERTY.fullmatch(_words(header)) else None


def must_hold_classes(header: str) -> bool:
    """Say whether other numbers than classes are taken for those of the rows."""
    return _MAY_NAME_ROWS.fullmatch(header.strip().lower()) is not None


def find_relation(name: str, titles: Sequence[str]) -> int | None:
    """Return the column that says whether a value is exact: Standard Relation of Standard Value.

    A column ``Relation``, ``Qualifier`` or ``Operator`` that names nothing belongs to the next one.
    """
    value = _words(name).split()
    for index, title in enumerate(titles):
        *stem, kind = _words(title).split() or [""]
        if kind not in _RELATIONS:
            continue
        if stem and value in (stem, [*stem, "value"]):
            return index
        if not stem and titles[index + 1 : index + 2] == [name]:
            return index
    return None


def _words(header: str) -> str:
    """Return the words of a header: ``HeavyAtomCount`` and ``#heavy_atom-count`` are the same."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", header)
    return " ".join(re.sub(r"[^0-9a-z#]+", " ", parted.lower()).replace("#", "# ").split())
