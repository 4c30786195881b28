"""What is made from the tables: the two views people read, and the index of the search.

All of it is dropped before an upgrade and made anew after it, so no migration has to know it.
"""

from sqlalchemy import Connection, text

SEARCHED = "to_tsvector('simple', left(folded, 200000))"
"""What PostgreSQL searches in: a tsvector ends at 1 MB, and a hostile text must not stop a visit."""

MOMENT = "CASE WHEN items.published_at < items.first_seen_at THEN items.published_at ELSE items.first_seen_at END"
"""When an item was published, as far as that had come when it was seen first; its first sight where it has no date."""

NAMES = frozenset({"captured_items", "stories", "items_folded", "items_order", "items_captured_order"})
SEARCH_TABLE = "items_fts"

LIST = """(SELECT {concat}(value, ', ') FROM (
    SELECT value FROM facets WHERE item_id = i.id AND name = '{facet}' ORDER BY value {collate}) AS one)"""

LISTED = {"pairs": "pair", "cities": "city", "topics": "topic"}

CAPTURED_ITEMS = """CREATE VIEW captured_items AS
SELECT i.id, i.feed_id, i.kind, i.title, i.url,
    coalesce({pairs}, '') AS pairs, coalesce({cities}, '') AS cities, coalesce({topics}, '') AS topics,
    i.published_at, i.captured_at, i.language, i.score, i.why, coalesce(i.story_id, i.id) AS story_id,
    i.backfill, (i.feed_id IS NULL AND i.key LIKE 'seed:%') AS is_seed
FROM items AS i
WHERE i.captured_at IS NOT NULL AND i.label <> 'irrelevant'"""

STORIES = """CREATE VIEW stories AS
SELECT s.id AS story_id, s.title, s.kind, coalesce({pairs}, '') AS pairs,
    count(*) AS items, min(i.captured_at) AS first_captured_at, max(i.captured_at) AS last_captured_at
FROM items AS i JOIN items AS s ON s.id = coalesce(i.story_id, i.id)
WHERE i.captured_at IS NOT NULL AND i.label <> 'irrelevant'
GROUP BY s.id, s.title, s.kind"""

STORY_PAIRS = """(SELECT {concat}(value, ', ') FROM (
    SELECT DISTINCT f.value {collate} AS value FROM items AS m {facets_of_m}
    WHERE f.name = 'pair' AND m.captured_at IS NOT NULL AND m.label <> 'irrelevant'
        AND (m.story_id = s.id OR (m.id = s.id AND m.story_id IS NULL))
    ORDER BY value) AS one)"""

SQLITE_WORDS = {
    "concat": "group_concat",
    "collate": "",
    "facets_of_m": "CROSS JOIN facets AS f ON f.item_id = m.id",
}
POSTGRES_WORDS = {
    "concat": "string_agg",
    "collate": 'COLLATE "C"',
    "facets_of_m": "CROSS JOIN LATERAL (SELECT * FROM facets WHERE item_id = m.id OFFSET 0) AS f",
}
"""Lists are ordered by code point in both. CROSS JOIN and OFFSET 0 bind the planners to begin with the story's
items: beginning with all pairs, 40,000 stories took minutes (measured, on both)."""

SQLITE_SEARCH = (
    """CREATE VIRTUAL TABLE items_fts USING fts5(
        folded, content='items', content_rowid='id', tokenize="ascii")""",
    """CREATE TRIGGER items_fts_insert AFTER INSERT ON items BEGIN
        INSERT INTO items_fts (rowid, folded) VALUES (new.id, new.folded); END""",
    """CREATE TRIGGER items_fts_delete AFTER DELETE ON items BEGIN
        INSERT INTO items_fts (items_fts, rowid, folded) VALUES ('delete', old.id, old.folded); END""",
    """CREATE TRIGGER items_fts_update AFTER UPDATE OF folded ON items WHEN old.folded <> new.folded BEGIN
        INSERT INTO items_fts (items_fts, rowid, folded) VALUES ('delete', old.id, old.folded);
        INSERT INTO items_fts (rowid, folded) VALUES (new.id, new.folded); END""",
    "INSERT INTO items_fts (items_fts) VALUES ('rebuild')",
    f"""CREATE INDEX items_order ON items (
        {MOMENT.replace("items.", "")} DESC, id DESC, captured_at, label, verdict, kind, language, feed_id)""",
    f"""CREATE INDEX items_captured_order ON items (
        {MOMENT.replace("items.", "")} DESC, id DESC, captured_at, label, kind, language, feed_id)
        WHERE captured_at IS NOT NULL AND label <> 'irrelevant'""",
)
POSTGRES_SEARCH = (
    f"CREATE INDEX items_folded ON items USING gin ({SEARCHED})",
    f"CREATE INDEX items_order ON items (({MOMENT.replace('items.', '')}) DESC, id DESC)",
    f"""CREATE INDEX items_captured_order ON items (({MOMENT.replace("items.", "")}) DESC, id DESC)
        INCLUDE (published_at, first_seen_at, captured_at, label, kind, language, feed_id)
        WHERE captured_at IS NOT NULL AND label <> 'irrelevant'""",
)

DROPS = (
    "DROP VIEW IF EXISTS stories",
    "DROP VIEW IF EXISTS captured_items",
    "DROP INDEX IF EXISTS items_order",
    "DROP INDEX IF EXISTS items_captured_order",
)
SQLITE_DROPS = (
    "DROP TRIGGER IF EXISTS items_fts_insert",
    "DROP TRIGGER IF EXISTS items_fts_delete",
    "DROP TRIGGER IF EXISTS items_fts_update",
    "DROP TABLE IF EXISTS items_fts",
)
POSTGRES_DROPS = ("DROP INDEX IF EXISTS items_folded",)


def create_derived(connection: Connection) -> None:
    """Make the views and the search index; the index is filled from the items that stand."""
    sqlite = connection.dialect.name == "sqlite"
    _run(connection, (*_views(sqlite), *(SQLITE_SEARCH if sqlite else POSTGRES_SEARCH)))


def drop_derived(connection: Connection) -> None:
    """Drop the views and the search index, where they stand."""
    sqlite = connection.dialect.name == "sqlite"
    _run(connection, (*DROPS, *(SQLITE_DROPS if sqlite else POSTGRES_DROPS)))


def is_planned(name: str | None, kind: str, parents: object) -> bool:
    """Tell Alembic's comparison what to look at: everything but the derived (its `include_name`)."""
    return not (name in NAMES or (kind == "table" and (name or "").startswith(SEARCH_TABLE)))


def _views(sqlite: bool) -> tuple[str, str]:
    """Write both views in one dialect."""
    words = SQLITE_WORDS if sqlite else POSTGRES_WORDS
    lists = {plural: LIST.format(facet=facet, **words) for plural, facet in LISTED.items()}
    return CAPTURED_ITEMS.format(**lists), STORIES.format(pairs=STORY_PAIRS.format(**words))


def _run(connection: Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.execute(text(statement))
