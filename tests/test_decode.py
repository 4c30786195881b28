import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.read.decode import decode_document
from watcher.read.labels import meant_codecs

TEXTS = {
    "traditional": "臺中市與熊本市簽署友好城市備忘錄，許功蓋局長出席，陳喆、游錫堃同行。",
    "cantonese": "深水埗居民話市長喺首爾嗰度簽咗約，啲人話好嘢㗎。",
    "eten": "第①屆城市論壇：碁盤、銹鐵、裏長、恒春、粧點、嫺熟。",
    "simplified": "厦门市与惠灵顿市庆祝结好三十五周年，朱镕先生、陶喆女士出席座谈会。",
    "four bytes": "䶮市长与𠮷田市长签署合作备忘录，㐀㐁两字也在其中，两市友好。",
    "korean": "울산시와 하기시가 자매도시 결연 50주년을 맞았다. 똠방 쀍쀍 펲시.",
    "japanese": "髙松市と慶州市が①姉妹都市の覚書に署名しました～㈱協力－市長談。",
    "plain japanese": "高松市と慶州市が姉妹都市の覚書に署名しました。両市長が握手。",
    "german": "Die Städte Köln und Zürich grüßen „ihre Partnerstädte“ – für 50 € über die Grenzen.",
    "polish": "Miasto Łódź podpisało umowę partnerską; przyjechał też burmistrz Żyliny.",
    "russian": "Город Казань и город Ханчжоу подписали соглашение о сотрудничестве.",
    "greek": "Ο δήμος Πειραιά υπέγραψε συμφωνία αδελφοποίησης με την πόλη.",
    "thai": "กรุงเทพมหานครลงนามความร่วมมือกับเมืองฟุกุโอกะ",
}
NATURAL = [
    *(("traditional", "big5hkscs", label) for label in ("big5", "Big5", "x-x-big5", "big5-hkscs", "cp950")),
    *(("cantonese", "big5hkscs", label) for label in ("big5", "big5-hkscs")),
    *(("eten", "big5hkscs", label) for label in ("big5", "big5-eten")),
    *(("simplified", "gb18030", label) for label in ("gb2312", "GBK", "gb18030", "x-gbk", "cp936")),
    *(("four bytes", "gb18030", label) for label in ("gb2312", "gbk", "gb18030")),
    *(("korean", "cp949", label) for label in ("euc-kr", "EUC-KR", "ks_c_5601-1987", "windows-949", "cp949")),
    *(("japanese", "cp932", label) for label in ("shift_jis", "Shift-JIS", "x-sjis", "windows-31j")),
    *(("plain japanese", "euc_jp", label) for label in ("euc-jp", "x-euc-jp")),
    ("plain japanese", "iso2022_jp", "iso-2022-jp"),
    *(("german", "cp1252", label) for label in ("iso-8859-1", "windows-1252", "latin1")),
    ("polish", "iso8859_2", "iso-8859-2"),
    ("polish", "cp1250", "windows-1250"),
    ("russian", "cp1251", "windows-1251"),
    ("russian", "koi8-r", "koi8-r"),
    ("greek", "iso8859_7", "iso-8859-7"),
    ("thai", "cp874", "windows-874"),
    ("thai", "cp874", "tis-620"),
]
MULTI_BYTE = [
    ("traditional", "big5hkscs", "big5"),
    ("cantonese", "big5hkscs", "big5"),
    ("simplified", "gb18030", "gb2312"),
    ("korean", "cp949", "euc-kr"),
    ("japanese", "cp932", "shift_jis"),
    ("plain japanese", "euc_jp", "euc-jp"),
]
LEGACY = [*MULTI_BYTE, ("russian", "cp1251", "windows-1251"), ("german", "cp1252", "iso-8859-1")]


def document(name: str, codec: str, label: str = "", title: bytes = b"") -> bytes:
    """A feed with one entry in an encoding, declared as `label`."""
    declared = f' encoding="{label}"' if label else ""
    before, after = f'<?xml version="1.0"{declared}?><rss><channel><item><title>', "</title></item></channel></rss>"
    return before.encode("ascii") + (title or TEXTS[name].encode(codec)) + after.encode("ascii")


def title_of(text: str) -> str:
    return text.partition("<title>")[2].partition("</title>")[0]


@pytest.mark.parametrize(("name", "codec", "label"), NATURAL)
def test_a_label_means_its_superset(name: str, codec: str, label: str) -> None:
    assert title_of(decode_document(document(name, codec, label)).text) == TEXTS[name]


@pytest.mark.parametrize(("name", "codec", "label"), LEGACY)
def test_the_header_counts_where_the_document_says_nothing(name: str, codec: str, label: str) -> None:
    decoded = decode_document(document(name, codec), content_type=f'text/xml; charset="{label}"')
    assert title_of(decoded.text) == TEXTS[name]


@pytest.mark.parametrize(("name", "codec", "label"), LEGACY)
def test_a_header_that_servers_add_unasked_yields_to_the_document(name: str, codec: str, label: str) -> None:
    decoded = decode_document(document(name, codec, label), content_type="text/xml; charset=ISO-8859-1")
    assert title_of(decoded.text) == TEXTS[name]


@pytest.mark.parametrize(("right", "wrong"), [("gb2312", "euc-jp"), ("gb2312", "big5"), ("gb2312", "euc-kr")])
def test_of_two_labels_that_both_fit_the_likelier_one_counts(right: str, wrong: str) -> None:
    title = "上海市与鹿特丹市签署友好城市协议，两市市长共同出席。"
    for label, other in ((right, wrong), (wrong, right)):
        body = document("", "", label, title.encode("gb18030"))
        assert title_of(decode_document(body, content_type=f"text/xml; charset={other}").text) == title


def test_a_short_document_is_believed_before_such_a_header() -> None:
    body = document("simplified", "gb18030", "gb2312", "杭州".encode("gb18030"))
    assert title_of(decode_document(body, content_type="text/xml; charset=ISO-8859-1").text) == "杭州"


@pytest.mark.parametrize(
    ("codec", "label", "rare"),
    [("big5hkscs", "big5", "喆"), ("gb18030", "gb2312", "镕"), ("cp949", "euc-kr", "똠"), ("cp932", "shift_jis", "髙")],
)
@pytest.mark.parametrize("times", [0, 1, 50])
def test_one_rare_character_is_kept(codec: str, label: str, rare: str, times: int) -> None:
    text = {"cp949": "자매도시", "cp932": "姉妹都市"}.get(codec, "友好城市") * times + rare
    assert title_of(decode_document(document("", "", label, text.encode(codec))).text) == text


@pytest.mark.parametrize(("name", "codec", "label"), LEGACY)
def test_an_undeclared_encoding_is_detected(name: str, codec: str, label: str) -> None:
    assert title_of(decode_document(document(name, codec)).text) == TEXTS[name]


@pytest.mark.parametrize("wrong", ["utf-8", "iso-8859-1", "us-ascii", "nonsense", "utf-16", "base64"])
@pytest.mark.parametrize(("name", "codec", "label"), MULTI_BYTE)
def test_a_wrong_label_does_not_make_mojibake(name: str, codec: str, label: str, wrong: str) -> None:
    assert title_of(decode_document(document(name, codec, wrong)).text) == TEXTS[name]


@pytest.mark.parametrize(
    ("name", "codec", "wrong"),
    [
        ("traditional", "big5hkscs", "gb2312"),
        ("simplified", "gb18030", "big5"),
        ("korean", "cp949", "gb2312"),
        ("japanese", "cp932", "euc-jp"),
        ("simplified", "gb18030", "windows-1251"),
    ],
)
def test_a_label_of_the_neighbours_is_found_out(name: str, codec: str, wrong: str) -> None:
    assert title_of(decode_document(document(name, codec, wrong)).text) == TEXTS[name]


@pytest.mark.parametrize("label", ["", "utf-8", "gb2312", "big5", "euc-kr", "shift_jis", "iso-8859-1"])
@pytest.mark.parametrize("name", ["traditional", "korean", "german"])
def test_valid_utf8_wins_over_every_label(name: str, label: str) -> None:
    decoded = decode_document(document(name, "utf-8", label), content_type=f"text/xml; charset={label}")
    assert title_of(decoded.text) == TEXTS[name]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("label", ["utf-16", "gb2312"])
def test_a_mark_or_zero_bytes_win_over_the_label(codec: str, label: str) -> None:
    body = document("simplified", "utf-8", label).decode("utf-8").encode(codec)
    assert title_of(decode_document(body).text) == TEXTS["simplified"]


@pytest.mark.parametrize("label", ["utf-8", "gb2312", ""])
def test_one_bad_byte_in_utf8_costs_one_character(label: str) -> None:
    body = document("simplified", "utf-8", label, b"\xff" + TEXTS["simplified"].encode("utf-8"))
    assert title_of(decode_document(body).text) == "\ufffd" + TEXTS["simplified"]


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize(("name", "codec", "label"), MULTI_BYTE)
def test_one_bad_byte_does_not_spoil_the_rest(name: str, codec: str, label: str, declared: bool) -> None:
    body = document(name, codec, label if declared else "", TEXTS[name].encode(codec) + b"<b>\x80</b>")
    assert title_of(decode_document(body).text).startswith(TEXTS[name])


@pytest.mark.parametrize(
    "head",
    [
        '<html><head><meta charset="{}"><title>',
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset={}"><title>',
        "<html>\n<META content='text/html; charset={}' http-equiv=Content-Type>\n<title>",
    ],
)
@pytest.mark.parametrize(("name", "codec", "label"), [*MULTI_BYTE, ("simplified", "gb18030", "utf-8")])
def test_a_page_says_its_encoding_in_a_meta_tag(head: str, name: str, codec: str, label: str) -> None:
    body = head.format(label).encode() + TEXTS[name].encode(codec) + b"</title></head><body></body></html>"
    assert title_of(decode_document(body).text) == TEXTS[name]


@pytest.mark.parametrize(
    ("name", "codec", "labels"),
    [
        ("cantonese", "big5hkscs", "csbig5 ms950 x-x-big5"),
        ("simplified", "gb18030", "gb_2312-80 csgb2312 chinese iso-ir-58 ms936 gb18030-2005 euc-cn"),
        ("korean", "cp949", "ks_c_5601 ksc5601 korean uhc ms949 ksc_5601"),
        ("japanese", "cp932", "sjis ms_kanji shiftjis ms932"),
        ("plain japanese", "euc_jp", "eucjp cp51932"),
        ("russian", "iso8859-5", "iso-8859-5"),
        ("russian", "mac-cyrillic", "x-mac-cyrillic"),
    ],
)
def test_a_label_has_many_names(name: str, codec: str, labels: str) -> None:
    for label in labels.split():
        assert title_of(decode_document(document(name, codec, label)).text) == TEXTS[name], label


@pytest.mark.parametrize(
    ("codec", "labels"),
    [
        ("gb18030", "GB_2312 gb_2312-80 csGB2312 iso-ir-58 chinese windows-936 x-gbk x-euc-cn"),
        ("big5hkscs", "cn-big5 csbig5 x-x-big5 big5-eten windows-950"),
        ("cp949", "KS_C_5601-1989 ksc_5601 csKSC56011987 cseuckr iso-ir-149 x-windows-949"),
        ("cp932", "x-sjis csshiftjis windows-31j x-ms-cp932"),
        ("euc_jp", "cseucpkdfmtjapanese x-eucjp"),
        ("cp1252", "x-cp1252 cp819 iso88591 iso_8859-1:1987"),
        ("cp1251", "x-cp1251 win-1251"),
        ("koi8-r", "koi koi8 cskoi8r"),
        ("cp866", "dos-866 ibm866 csibm866"),
        ("utf-8", "unicode-1-1-utf-8 unicode11utf8 x-unicode20utf8 UTF8"),
    ],
)
def test_every_name_of_the_web_is_known(codec: str, labels: str) -> None:
    assert {label: meant_codecs(label)[:1] for label in labels.split()} == dict.fromkeys(labels.split(), (codec,))


@pytest.mark.parametrize("label", ["", "utf-8", "iso-2022-jp"])
def test_escapes_say_that_a_text_is_japanese(label: str) -> None:
    body = document("plain japanese", "iso2022_jp", label)
    assert title_of(decode_document(body).text) == TEXTS["plain japanese"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_need_no_mark(codec: str) -> None:
    body = ("" if "32" in codec else "\n \n") + document("simplified", "utf-8", "utf-8").decode()
    assert title_of(decode_document(body.encode(codec)).text) == TEXTS["simplified"]


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff", "\ufeffï»¿"])
@pytest.mark.parametrize("label", ["", "utf-8", "gb2312"])
def test_marks_that_were_written_twice_do_no_harm(mark: str, label: str) -> None:
    body = mark.encode() + document("simplified", "utf-8", label)
    assert title_of(decode_document(body).text) == TEXTS["simplified"]


@pytest.mark.parametrize(("name", "codec", "label"), MULTI_BYTE)
def test_one_bad_byte_does_not_make_a_right_label_doubtful(name: str, codec: str, label: str) -> None:
    body = document(name, codec, label, TEXTS[name].encode(codec) * 2 + b"\xff")
    assert decode_document(body).how.startswith(f"declared {label}")


def test_a_character_cut_in_two_does_not_spoil_the_rest() -> None:
    body = document("korean", "cp949", "euc-kr", TEXTS["korean"].encode("cp949") + "시".encode("cp949")[:1])
    assert title_of(decode_document(body).text) == TEXTS["korean"] + "\ufffd"


def test_a_lying_utf8_mark_is_overruled() -> None:
    body = b"\xef\xbb\xbf" + document("simplified", "gb18030", "gb2312")
    assert title_of(decode_document(body).text) == TEXTS["simplified"]


def test_the_configured_encoding_is_obeyed() -> None:
    body = document("korean", "johab", "utf-8")
    decoded = decode_document(body, content_type="text/xml; charset=big5", encoding="johab")
    assert title_of(decoded.text) == TEXTS["korean"]
    assert decoded.how == "as configured"


def test_an_encoding_that_only_a_user_would_name_is_obeyed_too() -> None:
    body = document("korean", "utf-8", "utf-8").decode().encode("utf-16-be")
    decoded = decode_document(body, encoding="utf-16-be")
    assert (title_of(decoded.text), decoded.how) == (TEXTS["korean"], "as configured")
    assert decode_document(b"\x82\xa0", encoding="mac-japanese").how != "as configured"


@given(st.binary(max_size=60), st.sampled_from(["utf-16", "utf-7", "idna", "punycode", "base64", "zlib", "undefined"]))
def test_no_configured_encoding_raises(body: bytes, encoding: str) -> None:
    decode_document(body, encoding=encoding)


@pytest.mark.parametrize(("name", "word"), [("german", "Ærø"), ("russian", "МОСКВА"), ("greek", "Αθήνα")])
def test_a_label_is_believed_when_there_is_little_to_judge_by(name: str, word: str) -> None:
    codec, label = {"german": ("cp1252", "iso-8859-1"), "russian": ("cp1251", "windows-1251")}.get(
        name, ("iso8859_7", "iso-8859-7")
    )
    assert title_of(decode_document(document(name, codec, label, word.encode(codec))).text) == word


def test_the_decision_is_told() -> None:
    decoded = decode_document(document("simplified", "gb18030", "gb2312"))
    assert (decoded.encoding, decoded.how) == ("gb18030", "declared gb2312")
    assert decode_document(b"<rss/>").how == "valid UTF-8"


@given(st.binary(max_size=300), st.text(max_size=40), st.text(max_size=20))
def test_no_bytes_and_no_label_raise(body: bytes, content_type: str, encoding: str) -> None:
    decode_document(body, content_type=content_type, encoding=encoding)


@given(st.binary(max_size=60), st.sampled_from(["gb2312", "big5", "euc-kr", "utf-7", "idna", "unicode_escape", "hz"]))
def test_no_declared_label_raises(body: bytes, label: str) -> None:
    decode_document(document("", "", label, b"x" + body))
