"""Asks a server through pydruid, unmodified: `python ask.py URL SCENARIO...`.

What it is answered goes to stdout, a line of JSON for each fact, so that the same lines can be had from a real Druid.
"""
import json
import sys
from urllib.parse import urlparse

from pydruid.client import PyDruid
from pydruid.db import connect, exceptions
from pydruid.utils.aggregators import doublesum, filtered, longmax, longsum
from pydruid.utils.dimensions import DimensionSpec, RegexExtraction
from pydruid.utils.filters import Dimension, Filter
from pydruid.utils.having import Aggregation
from pydruid.utils.postaggregator import Field
from sqlalchemy import MetaData, Table, create_engine, func, inspect, select, text

DAY = "2015-09-12/2015-09-13"


def show(value):
    print(json.dumps(value, ensure_ascii=False, default=str, sort_keys=True))


def native(url):
    client = PyDruid(url, "druid/v2")
    sums = {"edits": longsum("count"), "added": longsum("added"), "delta": doublesum("delta")}
    english = Dimension("channel") == "#en.wikipedia"

    show(client.timeseries(
        datasource="wikipedia", granularity="six_hour", intervals=DAY, filter=english, aggregations=sums,
        post_aggregations={"per_edit": Field("added") / Field("edits")}, context={"timeout": 60000},
    ).result)
    show(client.topn(
        datasource="wikipedia", granularity="all", intervals=DAY, dimension="channel", metric="edits", threshold=5,
        filter=~(Dimension("isRobot") == "true"),
        aggregations={**sums, "anonymous": filtered(Dimension("isAnonymous") == "true", longsum("count"))},
    ).result)
    show(client.groupby(
        datasource="wikipedia", granularity="all", intervals=DAY,
        dimensions=["namespace", DimensionSpec("channel", "language", RegexExtraction("^#(..)"))],
        filter=Filter(type="in", dimension="namespace", values=["Main", "Talk"]), having=Aggregation("edits") > 20,
        aggregations=sums,
        limit_spec={"type": "default", "limit": 7, "columns": [{"dimension": "edits", "direction": "descending"}, "language"]},
    ).result)
    show(client.groupby(
        datasource=client.sub_query(
            datasource="wikipedia", granularity="hour", intervals=DAY, dimensions=["channel"], aggregations=sums,
        ),
        granularity="all", intervals=DAY, aggregations={"most": longmax("edits")}, dimensions=[],
    ).result)
    show(client.scan(
        datasource="odd", intervals="2024-10-26/2024-10-27", granularity="all", limit=2, order="ascending",
        columns=["__time", "name", "tags", "n", "d"],
    ).result[0]["events"])
    show(client.time_boundary(datasource="wikipedia").result)
    [about] = client.segment_metadata(
        datasource="odd", intervals="2024/2025", merge=True, analysisTypes=["cardinality", "minmax"],
    ).result
    show({name: [column["type"], column["hasMultipleValues"]] for name, column in about["columns"].items()})
    try:
        client.timeseries(datasource="wikipedia", granularity="nonsense", intervals=DAY, aggregations=sums)
    except Exception as error:
        show(type(error).__name__)


def dbapi(url):
    where = urlparse(url)
    for header in (False, True):
        connection = connect(
            host=where.hostname, port=where.port, path="/druid/v2/sql/", scheme="http", header=header,
            context={"sqlTimeZone": "Etc/UTC"},
        )
        cursor = connection.cursor()
        cursor.execute(
            "SELECT channel, COUNT(*) AS edits, SUM(delta) AS delta FROM wikipedia WHERE channel LIKE %(like)s"
            " AND added > %(added)s AND isRobot IN (%(robots)s) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4",
            {"like": "#%", "added": 10, "robots": ["true", "it's"]},
        )
        show(cursor.description)
        show(cursor.fetchone())
        show(cursor.fetchmany(2))
        show(cursor.fetchall())
        cursor.execute("SELECT channel FROM wikipedia WHERE channel = 'none'")
        show([cursor.description, cursor.fetchall()])
        cursor.execute("SELECT page FROM wikipedia")
        show(cursor.rowcount)
        cursor.execute("SELECT __time, name, tags, n, d, n > 1 AS more FROM odd ORDER BY __time LIMIT 3")
        show([list(row) for row in cursor])
        for query in ("SELECT nix FROM odd", "SELECT FROM odd", "SELECT * FROM nothing"):
            try:
                cursor.execute(query)
            except exceptions.ProgrammingError as error:
                show(str(error).split(":")[0])
        connection.close()


def sqlalchemy(url):
    engine = create_engine(f"druid://{urlparse(url).netloc}/druid/v2/sql/?header=true")
    about = inspect(engine)
    show([name for name in about.get_schema_names() if name == "druid"])
    show([name for name in about.get_table_names("druid") if name in ("odd", "wikipedia")])
    show(about.has_table("odd"))
    show([[column["name"], str(column["type"]), column["nullable"], column["default"]]
          for column in about.get_columns("odd", "druid")])
    edits = Table("wikipedia", MetaData(), schema="druid", autoload_with=engine)
    with engine.connect() as connection:
        def rows(query):
            show([list(row) for row in connection.execute(query)])

        count = func.count("*").label("edits")
        rows(select(edits.c.channel, count).group_by(edits.c.channel).order_by(count.desc(), edits.c.channel).limit(3))
        rows(select(edits.c.page, func.sum(edits.c.added)).where(edits.c.added > 5000).group_by(edits.c.page)
             .order_by(func.sum(edits.c.added).desc()))
        rows(select(func.count(edits.c.user.distinct()).label("users"), func.max(edits.c.added).label("most"))
             .where(edits.c.channel.in_(["#de.wikipedia", "#fr.wikipedia"])))
        rows(text("SELECT 1"))
        for name, answer in superset(connection).items():
            show([name, answer])


def superset(connection):
    """What its engine spec for Druid writes for each time grain, and the conditions of a time range."""
    grains = {
        "second": "TIME_FLOOR(CAST(__time AS TIMESTAMP), 'PT1S')",
        "5 minutes": "TIME_FLOOR(CAST(__time AS TIMESTAMP), 'PT5M')",
        "hour": "TIME_FLOOR(CAST(__time AS TIMESTAMP), 'PT1H')",
        "6 hours": "TIME_FLOOR(CAST(__time AS TIMESTAMP), 'PT6H')",
        "day": "TIME_FLOOR(CAST(__time AS TIMESTAMP), 'P1D')",
        "week": "TIME_FLOOR(CAST(__time AS TIMESTAMP), 'P1W')",
        "month": "TIME_FLOOR(CAST(__time AS TIMESTAMP), 'P1M')",
        "year": "TIME_FLOOR(CAST(__time AS TIMESTAMP), 'P1Y')",
        "week ending on Saturday":
            "TIME_SHIFT(TIME_FLOOR(TIME_SHIFT(CAST(__time AS TIMESTAMP), 'P1D', 1), 'P1W'), 'P1D', 5)",
        "week starting on Sunday":
            "TIME_SHIFT(TIME_FLOOR(TIME_SHIFT(CAST(__time AS TIMESTAMP), 'P1D', 1), 'P1W'), 'P1D', -1)",
        "older hour": "FLOOR(__time TO HOUR)",
        "shifted": "TIMESTAMPADD(DAY, 1, FLOOR(__time TO DAY))",
        "parsed": "TIME_PARSE(TIME_FORMAT(__time, 'yyyy-MM-dd HH'), 'yyyy-MM-dd HH')",
        "from milliseconds": "MILLIS_TO_TIMESTAMP(TIMESTAMP_TO_MILLIS(__time))",
    }
    answers = {}
    for name, grain in grains.items():
        query = (
            f'SELECT {grain} AS "__timestamp", COUNT(*) AS "count", SUM("added") AS "SUM(added)" FROM "druid"."wikipedia"'
            " WHERE \"__time\" >= TIME_PARSE('2015-09-12T02:00:00') AND \"__time\" < TIME_PARSE('2015-09-12T03:30:00')"
            f' GROUP BY {grain} ORDER BY "count" DESC, "__timestamp" LIMIT 3'
        )
        answers[name] = [list(row) for row in connection.execute(text(query.replace(":0", "\\:0").replace(":3", "\\:3")))]
    return answers


if __name__ == "__main__":
    for scenario in sys.argv[2:]:
        print(f"# {scenario}")
        {"native": native, "dbapi": dbapi, "sqlalchemy": sqlalchemy}[scenario](sys.argv[1])
