"""A handful of rules, for tests that are about something else: a process that reads all that ship starts a second later."""

from pathlib import Path

TOPICS = """\
[[topic]]
id = "city-exchange"
match = 3

  [[topic.phrase]]
  text = ["City Forum"]
  weight = 3.5
  kind = "forum"

  [[topic.phrase]]
  text = ["sister city agreement", "sister cities"]
  weight = 3.5
  kind = "agreement"
"""
CITIES = """\
id,name,country,en,zh_hant,zh_hans,ja,ko,local,ambiguous,not_after,not_before,note
taipei,Taipei,TW,Taipei
shanghai,Shanghai,CN,Shanghai
daegu,Daegu,KR,Daegu
busan,Busan,KR,Busan
fukuoka,Fukuoka,JP,Fukuoka
tainan,Tainan,TW,Tainan
kumamoto,Kumamoto,JP,Kumamoto
"""
TIES = "city_a,city_b,relation,since,source,note\n"


def write_handful(folder: Path) -> None:
    """Put the handful into a folder of configuration, in the place of what ships."""
    for name, text in (("topics.toml", TOPICS), ("cities.csv", CITIES), ("ties.csv", TIES)):
        (folder / name).write_text(text, "utf-8")
