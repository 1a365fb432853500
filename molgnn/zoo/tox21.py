"""The twelve assays of Tox21: the one place where they are named and explained."""

from __future__ import annotations

from molgnn.tasks import Task, Tasks

SOURCE = "Tox21 Data Challenge 2014, NIH/NCATS"

TOX21 = Tasks(
    [
        Task(name, description=description, source=SOURCE)
        for name, description in {
            "NR-AR": "androgen receptor, full length: activation",
            "NR-AR-LBD": "androgen receptor, ligand-binding domain: activation",
            "NR-AhR": "aryl hydrocarbon receptor: activation",
            "NR-Aromatase": "aromatase (CYP19A1): inhibition",
            "NR-ER": "estrogen receptor alpha, full length: activation",
            "NR-ER-LBD": "estrogen receptor alpha, ligand-binding domain: activation",
            "NR-PPAR-gamma": "peroxisome proliferator-activated receptor gamma: activation",
            "SR-ARE": "antioxidant response element (oxidative stress): activation",
            "SR-ATAD5": "ATAD5, a mark of DNA damage: induction",
            "SR-HSE": "heat shock response element (protein damage): activation",
            "SR-MMP": "mitochondrial membrane potential: loss",
            "SR-p53": "p53 pathway (DNA damage): activation",
        }.items()
    ]
)
