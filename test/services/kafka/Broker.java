import java.util.stream.Stream;

/**
 * A broker that ends with the process that started it, whatever ended that: it lives while its standard input is open. Arguments:
 * the file of its properties, then those of Kafka's kafka-storage.sh for a storage that has to be formatted first.
 */
public class Broker {
  public static void main(String[] arguments) {
    Thread guard = new Thread(() -> {
      try {
        while (System.in.read() >= 0) {}
      } catch (java.io.IOException error) {
        // As good as its end.
      }
      Runtime.getRuntime().halt(1);
    });
    guard.setDaemon(true);
    guard.start();
    String properties = arguments[0];
    if (arguments.length > 1) format(properties, Stream.of(arguments).skip(1).toArray(String[]::new));
    kafka.Kafka.main(new String[] {properties});
  }

  /** In this process: another JVM would take longer to start than to format. */
  static void format(String properties, String... options) {
    String[] command = {"format", "-c", properties, "--ignore-formatted"};
    int code = kafka.tools.StorageTool.execute(Stream.of(command, options).flatMap(Stream::of).toArray(String[]::new), System.out);
    if (code != 0) System.exit(code);
  }
}
