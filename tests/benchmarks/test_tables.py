from __future__ import annotations

from benchmarks.tables import Table


def test_a_table_is_markdown_with_text_on_the_left_and_numbers_on_the_right() -> None:
    table = Table("Speed", ["model", "s"], [["gcn", "1.5"], ["dmpnn", "10.0"]], ["s: seconds."])
    assert table.to_markdown().splitlines() == [
        "Speed",
        "",
        "| model |    s |",
        "| ----- | ---: |",
        "| gcn   |  1.5 |",
        "| dmpnn | 10.0 |",
        "",
        "s: seconds.",
    ]
