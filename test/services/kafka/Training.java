import java.io.ByteArrayInputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Does once what tests do with Kafka, so that the JVM can keep the classes of it (`-XX:ArchiveClassesAtExit`): a broker starts on
 * a new storage in the given folder, and Scribe writes and reads there.
 */
public class Training {
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int clients = freePort();
    int controller = freePort();
    Path properties = Files.write(folder.resolve("server.properties"), List.of(
        "process.roles=broker,controller",
        "node.id=1",
        "controller.quorum.voters=1@127.0.0.1:" + controller,
        "controller.listener.names=CONTROLLER",
        "listeners=PLAINTEXT://127.0.0.1:" + clients + ",CONTROLLER://127.0.0.1:" + controller,
        "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "log.dirs=" + folder.resolve("logs"),
        "offsets.topic.replication.factor=1",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.num.partitions=1",
        "transaction.state.log.min.isr=1"));
    Broker.format(properties.toString(), "-t", "mAAAAAAAAAAAAAAAAAAAAA");
    Thread broker = new Thread(() -> kafka.Kafka.main(new String[] {properties.toString()}));
    broker.setDaemon(true);
    broker.start();
    String commands = """
        topic t 1
        producer p transactional.id=p
        begin p
        send p t 0 key value %s
        flush p
        commit p
        committed t %s
        """.formatted(System.currentTimeMillis(), folder.resolve("values"));
    Scribe.serve("127.0.0.1:" + clients, new ByteArrayInputStream(commands.getBytes(StandardCharsets.UTF_8)));
    System.exit(0);
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
