"""Toxicophores: substructures that are known to make molecules toxic, each as a SMARTS.

The groups are those of the literature, listed in `SOURCES`; the patterns were written for this
table, for structures drawn as RDKit has them (nitro groups with separated charges).
"""

from __future__ import annotations

from typing import NamedTuple

SOURCES = {
    "Ashby": "J. Ashby, R. W. Tennant, Chemical structure, Salmonella mutagenicity and extent of "
    "carcinogenicity as indicators of genotoxic carcinogenesis, Mutat. Res. 204, 17 (1988)",
    "Kazius": "J. Kazius, R. McGuire, R. Bursi, Derivation and validation of toxicophores for "
    "mutagenicity prediction, J. Med. Chem. 48, 312 (2005)",
    "Benigni": "R. Benigni, C. Bossa, Structure alerts for carcinogenicity, and the Salmonella "
    "assay system, Mutat. Res. 659, 248 (2008)",
    "Kalgutkar": "A. S. Kalgutkar et al., A comprehensive listing of bioactivation pathways of "
    "organic functional groups, Curr. Drug Metab. 6, 161 (2005)",
    "Enoch": "S. J. Enoch, C. M. Ellison, T. W. Schultz, M. T. D. Cronin, A review of the "
    "electrophilic reaction chemistry involved in covalent protein binding relevant to toxicity, "
    "Crit. Rev. Toxicol. 41, 783 (2011)",
    "Fang": "H. Fang et al., Structure-activity relationships for a large diverse set of natural, "
    "synthetic, and environmental estrogens, Chem. Res. Toxicol. 14, 280 (2001)",
    "Denison": "M. S. Denison, S. R. Nagy, Activation of the aryl hydrocarbon receptor by "
    "structurally diverse exogenous and endogenous chemicals, Annu. Rev. Pharmacol. Toxicol. 43, "
    "309 (2003)",
    "Terada": "H. Terada, Uncouplers of oxidative phosphorylation, Environ. Health Perspect. 87, "
    "213 (1990)",
    "Russom": "C. L. Russom et al., Predicting modes of toxic action from chemical structure: "
    "acute toxicity in the fathead minnow, Environ. Toxicol. Chem. 16, 948 (1997)",
}
"""Each author in the table to the publication."""


class Toxicophore(NamedTuple):
    """A substructure with a name.

    Parameters
    ----------
    name
        The chemist's name of the group.
    smarts
        The pattern.
    example
        A SMILES of a molecule that has it.
    source
        A key of `SOURCES`: who describes the group as toxic.
    """

    name: str
    smarts: str
    example: str
    source: str


_TABLE = """
aromatic nitro                | c[N+](=O)[O-]                           | O=[N+]([O-])c1ccccc1       | Kazius
aliphatic nitro               | [CX4][N+](=O)[O-]                       | CC[N+](=O)[O-]             | Benigni
nitroalkene                   | [CX3]=[CX3][N+](=O)[O-]                 | C=C[N+](=O)[O-]            | Enoch
nitrate ester                 | [CX4][OX2][N+](=O)[O-]                  | CCO[N+](=O)[O-]            | Benigni
aromatic primary amine        | c[NX3;H2]                               | Nc1ccccc1                  | Kazius
aromatic N-alkylamine         | c[NX3;H1][CX4]                          | CNc1ccccc1                 | Benigni
aromatic N,N-dialkylamine     | c[NX3;H0]([CX4;H2,H3])[CX4;H2,H3]       | CN(C)c1ccccc1              | Benigni
aromatic N-acylamine          | c[NX3;H1][CX3](=O)                      | CC(=O)Nc1ccccc1            | Benigni
hydroxylamine                 | [#6][NX3;H1,H0][OX2;H1]                 | ONc1ccccc1                 | Kazius
nitroso                       | [#6][NX2]=[OX1]                         | O=Nc1ccccc1                | Kazius
N-nitroso                     | [NX3][NX2]=[OX1]                        | CN(C)N=O                   | Kazius
azide                         | [#6][NX2]=[N+]=[N-]                     | CN=[N+]=[N-]               | Kazius
diazo                         | [#6]=[N+]=[N-]                          | C=[N+]=[N-]                | Kazius
diazonium                     | [#6][N+]#[NX1]                          | N#[N+]c1ccccc1             | Kazius
azo                           | [#6][NX2]=[NX2][#6]                     | c1ccc(N=Nc2ccccc2)cc1      | Kazius
azoxy                         | [#6][NX2]=[N+]([#6])[O-]                | CN=[N+](C)[O-]             | Benigni
triazene                      | [NX2]=[NX2][NX3]                        | CN(C)N=Nc1ccccc1           | Kazius
hydrazine                     | [NX3;!$(NC=[O,S])][NX3;!$(NC=[O,S])]    | CNN                        | Kazius
hydrazide                     | [CX3](=O)[NX3][NX3]                     | CC(=O)NN                   | Kalgutkar
hydrazone                     | [CX3]=[NX2][NX3]                        | CC=NN                      | Benigni
aromatic N-oxide              | [n+][O-]                                | [O-][n+]1ccccc1            | Ashby
epoxide                       | [CX4]1[OX2][CX4]1                       | C1CO1                      | Kazius
aziridine                     | [CX4]1[NX3][CX4]1                       | C1CN1                      | Kazius
thiirane                      | [CX4]1[SX2][CX4]1                       | C1CS1                      | Benigni
beta-lactone                  | [CX3]1(=O)[CX4][CX4][OX2]1              | O=C1CCO1                   | Kazius
beta-lactam                   | [CX3]1(=O)[CX4][CX4][NX3]1              | O=C1CCN1                   | Enoch
sultone                       | [SX4;R](=O)(=O)[OX2;R][CX4]             | O=S1(=O)CCCO1              | Benigni
acyl halide                   | [CX3](=[OX1])[F,Cl,Br,I]                | CC(=O)Cl                   | Benigni
carbamoyl halide              | [NX3][CX3](=[OX1])[F,Cl,Br,I]           | CN(C)C(=O)Cl               | Ashby
sulfonyl halide               | [SX4](=O)(=O)[F,Cl,Br,I]                | CS(=O)(=O)Cl               | Enoch
acid anhydride                | [CX3](=[OX1])[OX2][CX3]=[OX1]           | CC(=O)OC(C)=O              | Enoch
primary alkyl halide          | [CX4;H2][Cl,Br,I]                       | CCCl                       | Kazius
secondary or tertiary halide  | [CX4;H1,H0;!$(C(~[F,Cl,Br,I])~[F,Cl,Br,I])][Cl,Br,I] | CC(C)Br       | Kazius
polyhalogenated alkyl         | [CX4](~[F,Cl,Br,I])(~[F,Cl,Br,I])[Cl,Br,I] | ClC(Cl)Cl               | Kazius
alpha-halocarbonyl            | [Cl,Br,I][CX4][CX3]=[OX1]               | CC(=O)CCl                  | Enoch
halogenated alkene            | [CX3]([F,Cl,Br,I])=[CX3]                | ClC=C                      | Ashby
allylic halide                | [CX3]=[CX3][CX4][Cl,Br,I]               | C=CCCl                     | Russom
benzylic halide               | c[CX4][Cl,Br,I]                         | ClCc1ccccc1                | Enoch
nitrogen mustard              | [NX3][CX4][CX4][Cl,Br,I]                | CN(CCCl)CCCl               | Kazius
sulfur mustard                | [SX2][CX4][CX4][Cl,Br,I]                | ClCCSCCCl                  | Kazius
alkyl sulfonate or sulfate    | [SX4](=O)(=O)[OX2][CX4]                 | COS(C)(=O)=O               | Kazius
organophosphate               | [PX4](=[OX1,SX1])([OX2,SX2][#6])[OX2,SX2][#6] | COP(=S)(OC)Oc1ccccc1 | Russom
isocyanate                    | [NX2]=[CX2]=[OX1]                       | CN=C=O                     | Benigni
isothiocyanate                | [NX2]=[CX2]=[SX1]                       | CN=C=S                     | Benigni
thiocyanate                   | [SX2][CX2]#[NX1]                        | CSC#N                      | Russom
carbodiimide                  | [NX2]=[CX2]=[NX2]                       | CN=C=NC                    | Enoch
enone                         | [CX3;H1,H2]=[CX3][CX3](=[OX1])[#6]      | C=CC(C)=O                  | Enoch
enal                          | [CX3]=[CX3][CX3;H1]=[OX1]               | C=CC=O                     | Benigni
acrylate                      | [CX3;H1,H2]=[CX3][CX3](=[OX1])[OX2]     | C=CC(=O)OC                 | Russom
acrylamide                    | [CX3;H1,H2]=[CX3][CX3](=[OX1])[NX3]     | C=CC(N)=O                  | Enoch
acrylonitrile                 | [CX3]=[CX3][CX2]#[NX1]                  | C=CC#N                     | Enoch
vinyl sulfone                 | [CX3]=[CX3][SX4](=O)=O                  | C=CS(C)(=O)=O              | Enoch
alkynyl carbonyl              | [CX2]#[CX2][CX3]=[OX1]                  | C#CC(C)=O                  | Enoch
maleimide                     | [#6]1(=[OX1])[#6]=[#6][#6](=[OX1])[#7]1 | O=C1C=CC(=O)N1             | Enoch
aliphatic aldehyde            | [CX4][CX3;H1]=[OX1]                     | CC=O                       | Benigni
aromatic aldehyde             | c[CX3;H1]=[OX1]                         | O=Cc1ccccc1                | Enoch
1,2-dicarbonyl                | [#6][CX3](=[OX1])[CX3](=[OX1])[#6]      | CC(=O)C(C)=O               | Enoch
para-quinone                  | [#6]1(=[OX1])[#6]=,:[#6][#6](=[OX1])[#6]=,:[#6]1 | O=C1C=CC(=O)C=C1  | Benigni
ortho-quinone                 | [#6]1(=[OX1])[#6](=[OX1])[#6]=,:[#6][#6]=,:[#6]1 | O=C1C=CC=CC1=O    | Benigni
quinone imine                 | [#6]1(=[NX2])[#6]=,:[#6][#6](=[OX1,NX2])[#6]=,:[#6]1 | N=C1C=CC(=O)C=C1 | Kalgutkar
hydroquinone                  | [OX2;H1]c1ccc([OX2;H1])cc1              | Oc1ccc(O)cc1               | Kalgutkar
catechol                      | [OX2;H1]cc[OX2;H1]                      | Oc1ccccc1O                 | Kalgutkar
para-aminophenol              | [OX2]c1ccc([NX3])cc1                    | Nc1ccc(O)cc1               | Kalgutkar
benzodioxole                  | c1ccc2c(c1)[OX2][CX4][OX2]2             | c1ccc2c(c1)OCO2            | Kalgutkar
furan                         | o1cccc1                                 | c1ccoc1                    | Kalgutkar
thiophene                     | s1cccc1                                 | c1ccsc1                    | Kalgutkar
terminal alkyne               | [CX2]#[CX2;H1]                          | CC#C                       | Kalgutkar
thioamide or thiourea         | [NX3][CX3]=[SX1]                        | NC(N)=S                    | Kalgutkar
dithiocarbamate               | [NX3][CX3](=[SX1])[S;X2,X1-]            | CN(C)C(=S)SC               | Ashby
carbamate                     | [NX3][CX3](=[OX1])[OX2][#6]             | CCOC(N)=O                  | Benigni
thiol                         | [#6][SX2;H1]                            | CCS                        | Kalgutkar
disulfide                     | [#6][SX2][SX2][#6]                      | CSSC                       | Enoch
peroxide                      | [OX2][OX2]                              | COOC                       | Benigni
propargylic alcohol           | [CX2]#[CX2][CX4][OX2;H1]                | C#CCO                      | Russom
angular polycyclic aromatic   | c1ccc2c(c1)ccc1ccccc12                  | c1ccc2c(c1)ccc1ccccc12     | Kazius
linear polycyclic aromatic    | c1ccc2cc3ccccc3cc2c1                    | c1ccc2cc3ccccc3cc2c1       | Kazius
polycyclic heteroaromatic     | a1aaa2a(a1)[n,o,s]a1aaaaa12             | c1ccc2c(c1)[nH]c1ccccc12   | Kazius
coumarin                      | O=c1ccc2ccccc2o1                        | O=c1ccc2ccccc2o1           | Benigni
ortho-dihalogenated aromatic  | [F,Cl,Br,I]cc[F,Cl,Br,I]                | Clc1ccccc1Cl               | Denison
halogenated dibenzodioxin     | [Cl,Br]c1ccc2c(c1)Oc1ccccc1O2           | Clc1ccc2c(c1)Oc1ccccc1O2   | Denison
halogenated biphenyl          | [Cl,Br]c1cccc(c1)-c1ccccc1              | Clc1cccc(c1)-c1ccccc1      | Denison
phenol                        | [OX2;H1]c1ccccc1                        | Oc1ccccc1                  | Fang
para-alkylphenol              | [OX2;H1]c1ccc([CX4])cc1                 | Cc1ccc(O)cc1               | Fang
bisphenol                     | [OX2;H1]c1ccc(cc1)[!#1]c1ccc([OX2;H1])cc1 | Oc1ccc(Cc2ccc(O)cc2)cc1  | Fang
stilbene                      | c1ccccc1[#6]=,:[#6]c1ccccc1             | C(=Cc1ccccc1)c1ccccc1      | Fang
flavonoid                     | [#6]1~[#6](c2ccccc2)~[#8]c2ccccc2[#6]1  | O=c1cc(-c2ccccc2)oc2ccccc12 | Fang
isoflavonoid                  | [#6]1~[#8]c2ccccc2[#6](=O)[#6]1c1ccccc1 | O=c1c(-c2ccccc2)coc2ccccc12 | Fang
steroid                       | [#6]1~[#6]~[#6]~[#6]2~[#6](~[#6]1)~[#6]~[#6]~[#6]1~[#6]2~[#6]~[#6]~[#6]2~[#6]~[#6]~[#6]~[#6]12 | C1CCC2C(C1)CCC1C2CCC2CCCC12 | Fang
dinitrophenol                 | [OX2;H1]c1c([N+](=O)[O-])cc([N+](=O)[O-])cc1 | Oc1ccc([N+](=O)[O-])cc1[N+](=O)[O-] | Terada
halogenated phenol            | [OX2;H1]c1c([F,Cl,Br,I])cccc1           | Oc1ccccc1Cl                | Terada
salicylanilide                | [OX2;H1]cc[CX3](=O)[NX3;H1]c            | O=C(Nc1ccccc1)c1ccccc1O    | Terada
trifluoromethylaniline        | [NX3]c1cc(C(F)(F)F)ccc1                 | Nc1cccc(C(F)(F)F)c1        | Terada
perfluoroalkyl                | [CX4](F)(F)[CX4](F)F                    | FC(F)(F)C(F)(F)F           | Terada
quaternary ammonium           | [NX4+;H0]                               | C[N+](C)(C)C               | Russom
triphenylmethyl               | c[#6](c)c                               | c1ccc(C(c2ccccc2)c2ccccc2)cc1 | Kazius
heavy metal                   | [Cd,Hg,Sn,Pb,As,Sb,Tl]                  | C[Hg]C                     | Russom
"""  # noqa: E501

TOXICOPHORES = tuple(
    Toxicophore(*(cell.strip() for cell in line.split(" | ")))
    for line in _TABLE.strip().split("\n")
)
"""The groups, in the order of the columns."""
