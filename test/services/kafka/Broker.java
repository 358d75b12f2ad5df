/** A broker that ends with the process that started it, whatever ended that: it lives while its standard input is open. */
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
    kafka.Kafka.main(arguments);
  }
}
