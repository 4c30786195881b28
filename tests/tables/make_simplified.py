"""Write watcher/text/simplified.txt: which Han character is folded to which.

    python -m pip install --target /tmp/opencc opencc-python-reimplemented==0.1.7
    python tests/tables/make_simplified.py /tmp/opencc/opencc/dictionary watcher/text/simplified.txt

Run once; the result is part of the repository. Needs no package of ours.
"""

import sys
from pathlib import Path

HEAD = """\
# Han characters as they are folded for comparing: each pair is (written, folded).
# Made by tests/tables/make_simplified.py from the character tables of OpenCC (https://github.com/BYVoid/OpenCC),
# Copyright BYVoid and contributors, Apache License 2.0 (simplified.LICENSE.txt), as packaged by opencc-python-reimplemented 0.1.7.
# Changed: only one-to-one pairs are taken, Japanese and regional forms are led to the same simplified character,
# and the pairs 姊姐 姉姐 浜滨 are our own.
"""

OWN = {"姊": "姐", "姉": "姐", "浜": "滨"}
"""Sister in Taiwanese and Japanese; the second half of Yokohama in Japanese."""

MANY_TO_ONE = {"連", "粧", "煙"}
"""Japanese forms that stand for two older characters, of which OpenCC names only one."""

PAIRS_A_LINE = 32


def read_table(path: Path) -> dict[str, list[str]]:
    """Read `key<TAB>value value ...`."""
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    return {key: values.split() for key, values in lines}


def is_simplified(character: str) -> bool:
    """Tell whether mainland China writes the character: then it keeps itself (沪 is Shanghai, not 濾)."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def make_pairs(folder: Path) -> dict[str, str]:
    """Lead traditional, regional and Japanese forms to one simplified character each."""
    pairs = {key: values[0] for key, values in read_table(folder / "TSCharacters.txt").items()}
    for table in ("TWVariants.txt", "HKVariants.txt", "JPVariants.txt"):
        for older, forms in read_table(folder / table).items():
            for form in forms:
                if form not in pairs and form not in MANY_TO_ONE and not is_simplified(form):
                    pairs[form] = pairs.get(older, older)
    pairs |= OWN
    return {key: follow(pairs, value) for key, value in pairs.items() if key != follow(pairs, value)}


def follow(pairs: dict[str, str], character: str) -> str:
    """Fold until nothing changes, so that folding twice is folding once."""
    while pairs.get(character, character) != character:
        character = pairs[character]
    return character


def main() -> None:
    """Write the file, sorted, without characters beyond the basic plane."""
    folder, target = map(Path, sys.argv[1:])
    pairs = sorted(key + value for key, value in make_pairs(folder).items() if max(key + value) <= "\uffff")
    rows = ["".join(pairs[at : at + PAIRS_A_LINE]) for at in range(0, len(pairs), PAIRS_A_LINE)]
    target.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
