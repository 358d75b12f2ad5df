import java.sql.*;
import java.time.Instant;
import java.util.*;

/**
 * Asks a server through Avatica's JDBC driver, unmodified: `java -cp JARS Ask.java URL SCENARIO…`, where URL is JDBC's. What it
 * is answered goes to stdout, a line for each fact, so that the same lines can be had from a real Druid.
 */
public class Ask {
  public static void main(String[] args) throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    for (String scenario : Arrays.asList(args).subList(1, args.length)) {
      System.out.println("# " + scenario);
      try (Connection connection = connect(args[0], new Properties())) {
        run(scenario, args[0], connection);
      }
    }
  }

  static Connection connect(String url, Properties properties) throws SQLException {
    return DriverManager.getConnection(url, properties);
  }

  static void run(String scenario, String url, Connection connection) throws Exception {
    switch (scenario) {
      case "types" -> types(connection);
      case "arrays" -> arrays(connection);
      case "parameters" -> parameters(connection);
      case "big" -> big(connection);
      case "metadata" -> metadata(connection.getMetaData());
      case "errors" -> errors(connection);
      case "limits" -> limits(connection);
      case "zone" -> zone(url);
      case "cancel" -> cancel(connection);
      default -> throw new IllegalArgumentException(scenario);
    }
  }

  static void types(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      ResultSet rows =
          statement.executeQuery(
              "SELECT __time, CAST(__time AS DATE) AS \"day\", name, tags, n, d, f, n > 0 AS positive,"
                  + " CAST(n AS INTEGER) AS i, COUNT(*) AS c FROM odd WHERE d IS NULL OR d NOT IN (0.1, 0.2)"
                  + " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9"
                  + " ORDER BY __time, name, tags, n, d");
      ResultSetMetaData about = rows.getMetaData();
      for (int i = 1; i <= about.getColumnCount(); i++) {
        System.out.printf(
            "%s %s %d %s%n",
            about.getColumnLabel(i), about.getColumnTypeName(i), about.getColumnType(i), about.getColumnClassName(i));
      }
      print(rows);
      System.out.println(statement.getUpdateCount());
    }
  }

  static void arrays(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      ResultSet rows =
          statement.executeQuery(
              "SELECT name, MV_TO_ARRAY(tags) AS \"all\", COUNT(*) FROM odd WHERE n > 6 GROUP BY 1, 2 ORDER BY 1, 3");
      System.out.println(rows.getMetaData().getColumnTypeName(2) + " " + rows.getMetaData().getColumnClassName(2));
      while (rows.next()) {
        Array array = rows.getArray(2);
        System.out.println(rows.getString(1) + " " + (array == null ? null : Arrays.toString((Object[]) array.getArray())));
      }
      rows = statement.executeQuery("SELECT ARRAY[n, 1], ARRAY[d] FROM odd WHERE n = 42 ORDER BY __time LIMIT 1");
      rows.next();
      System.out.println(Arrays.toString((Object[]) rows.getArray(1).getArray()));
      System.out.println(Arrays.toString((Object[]) rows.getArray(2).getArray()));
    }
  }

  static void parameters(Connection connection) throws SQLException {
    String query =
        "SELECT channel, COUNT(*) FROM wikipedia WHERE channel = ? AND added > ? AND delta < ? AND __time >= ? GROUP BY 1";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      ParameterMetaData about = statement.getParameterMetaData();
      for (int i = 1; i <= about.getParameterCount(); i++) System.out.println(about.getParameterTypeName(i));
      for (String channel : List.of("#en.wikipedia", "#de.wikipedia", "#nowhere' OR 'a' = 'a")) {
        statement.setString(1, channel);
        statement.setLong(2, 100L);
        statement.setDouble(3, 5000.5);
        statement.setTimestamp(4, Timestamp.from(Instant.parse("2015-09-12T12:00:00Z")));
        print(statement.executeQuery());
      }
    }
  }

  /** More rows than a frame holds. */
  static void big(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      ResultSet rows = statement.executeQuery(
              "SELECT w.page, w.added FROM wikipedia AS w"
                  + " CROSS JOIN (SELECT channel FROM wikipedia GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 10) AS c");
      long count = 0, added = 0, hash = 0;
      while (rows.next()) {
        count++;
        hash += rows.getString(1).hashCode();
        added += rows.getLong(2);
      }
      System.out.printf("%d rows, added %d, pages %d%n", count, added, hash);
      statement.setFetchSize(10);
      rows = statement.executeQuery("SELECT __time FROM wikipedia ORDER BY __time LIMIT 250");
      for (count = 0; rows.next(); ) count++;
      System.out.println(count);
    }
  }

  static void metadata(DatabaseMetaData about) throws SQLException {
    print(about.getCatalogs());
    print(about.getTables("druid", "druid", "odd", new String[] {"TABLE"}));
    print(about.getTables(null, "druid", "od_", null));
    print(about.getColumns(null, "druid", "odd", "%"));
    print(about.getColumns("druid", "druid", "odd", "\\_\\_%"));
    print(about.getSchemas(null, "dr%"));
    print(about.getTableTypes());
  }

  static void errors(Connection connection) throws SQLException {
    for (String query : List.of("SELECT nix FROM odd", "SELECT 1 +", "SELECT * FROM nothing")) {
      try (Statement statement = connection.createStatement()) {
        statement.executeQuery(query);
        System.out.println("answered");
      } catch (SQLException error) {
        String[] words = {"Column 'nix' not found", "Received an unexpected token", "Object 'nothing' not found"};
        String said = String.valueOf(error.getMessage());
        System.out.println(Arrays.stream(words).filter(said::contains).findFirst().orElse(said));
      }
    }
    try (Statement statement = connection.createStatement()) {
      print(statement.executeQuery("SELECT COUNT(*) FROM odd"));
    }
  }

  static void limits(Connection connection) throws SQLException {
    List<Statement> statements = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) statements.add(connection.createStatement());
    } catch (RuntimeException | SQLException error) {
      System.out.println(statements.size() + " statements");
    }
    for (Statement statement : statements) statement.close();
    try (Statement statement = connection.createStatement()) {
      print(statement.executeQuery("SELECT 1 + 1"));
    }
  }

  static void zone(String url) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("sqlTimeZone", "Europe/Berlin");
    try (Connection connection = connect(url, properties);
        Statement statement = connection.createStatement()) {
      print(
          statement.executeQuery(
              "SELECT FLOOR(__time TO DAY), CAST(__time AS DATE), COUNT(*) FROM wikipedia GROUP BY 1, 2 ORDER BY 1"));
    }
  }

  static void cancel(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      ResultSet rows = statement.executeQuery("SELECT page FROM wikipedia");
      rows.next();
      statement.cancel();
      try {
        for (int i = 0; rows.next(); i++) if (i > 30_000) System.out.println("goes on");
      } catch (SQLException error) {
        System.out.println(error.getMessage());
      }
    }
    try (Statement statement = connection.createStatement()) {
      print(statement.executeQuery("SELECT COUNT(*) FROM wikipedia"));
    }
  }

  static void print(ResultSet rows) throws SQLException {
    while (rows.next()) {
      StringJoiner line = new StringJoiner(" | ");
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) line.add(String.valueOf(rows.getObject(i)));
      System.out.println(line);
    }
    System.out.println(".");
  }
}
