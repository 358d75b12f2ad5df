import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own clients at the command of a test: one command a line on standard input, `ok` (with the last offset that a
 * send was given) or `error` with the reason on standard output. Words are percent-encoded. See scribe.ts.
 */
public class Scribe {
  /** Of a transaction of which some partition has no mark yet. */
  private static final Set<TransactionState> underWay =
      Set.of(TransactionState.ONGOING, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT);

  private final Map<String, KafkaProducer<byte[], byte[]>> producers = new HashMap<>();
  /** By producer: what it has sent since its last flush. */
  private final Map<String, List<Future<RecordMetadata>>> sent = new HashMap<>();
  private final String servers;
  private final Admin admin;

  Scribe(String servers) {
    this.servers = servers;
    this.admin = Admin.create(Map.of("bootstrap.servers", servers));
  }

  public static void main(String[] arguments) throws Exception {
    serve(arguments[0], System.in);
    // Transactions that are open stay open, as after a crash.
    Runtime.getRuntime().halt(0);
  }

  /** Performs the commands, each a line, to their end. */
  static void serve(String servers, InputStream input) throws Exception {
    Scribe scribe = new Scribe(servers);
    BufferedReader commands = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", -1);
      for (int i = 0; i < words.length; i++) words[i] = URLDecoder.decode(words[i], StandardCharsets.UTF_8);
      String answer;
      try {
        answer = "ok " + scribe.perform(words);
      } catch (Exception error) {
        answer = "error " + String.valueOf(error).replace('\n', ' ');
      }
      System.out.println(answer);
    }
  }

  /** A broker takes what is written to a new partition a moment after it tells of it, and tells of it a moment after it is made. */
  private void awaitLeaders(String[] words) throws Exception {
    Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
    for (int partition = 0; partition < Integer.parseInt(words[2]); partition++) {
      partitions.put(new TopicPartition(words[1], partition), OffsetSpec.latest());
    }
    for (int tries = 0; ; tries++) {
      try {
        admin.listOffsets(partitions).all().get();
        return;
      } catch (ExecutionException error) {
        if (!(error.getCause() instanceof UnknownTopicOrPartitionException) || tries == 200) throw error;
        Thread.sleep(50);
      }
    }
  }

  private long perform(String[] words) throws Exception {
    switch (words[0]) {
      case "topic" -> {
        admin.createTopics(List.of(
            new NewTopic(words[1], Optional.of(Integer.parseInt(words[2])), Optional.empty()).configs(settings(words, 3)))).all().get();
        awaitLeaders(words);
      }
      case "delete-topic" -> admin.deleteTopics(List.of(words[1])).all().get();
      case "partitions" -> {
        admin.createPartitions(Map.of(words[1], NewPartitions.increaseTo(Integer.parseInt(words[2])))).all().get();
        awaitLeaders(words);
      }
      case "delete-records" -> admin.deleteRecords(Map.of(
          partition(words), RecordsToDelete.beforeOffset(Long.parseLong(words[3])))).all().get();
      case "configure" -> configure(words);
      case "quota" -> limit(words);
      case "elect" -> admin.electLeaders(ElectionType.PREFERRED, null).all().get();
      case "in-sync" -> {
        return admin.describeTopics(List.of(words[1])).allTopicNames().get().get(words[1]).partitions().stream()
            .mapToInt(partition -> partition.isr().size()).min().getAsInt();
      }
      case "group-offset" -> {
        return admin.listConsumerGroupOffsets(words[1]).partitionsToOffsetAndMetadata().get()
            .get(partition(words, 2)).offset();
      }
      case "producer" -> open(words);
      case "begin" -> {
        // What failed with a transaction before is no failure of this one.
        sent.get(words[1]).clear();
        producers.get(words[1]).beginTransaction();
      }
      case "send-offset" -> producers.get(words[1]).sendOffsetsToTransaction(
          Map.of(partition(words, 3), new OffsetAndMetadata(Long.parseLong(words[5]))),
          new ConsumerGroupMetadata(words[2]));
      case "commit" -> producers.get(words[1]).commitTransaction();
      case "abort" -> producers.get(words[1]).abortTransaction();
      case "marked" -> {
        while (underWay.contains(admin.describeTransactions(List.of(words[1])).description(words[1]).get().state())) {
          Thread.sleep(5);
        }
      }
      case "send" -> send(words[1], partition(words, 2), words[4], words[5].getBytes(StandardCharsets.UTF_8), words, 6);
      case "send-null" -> send(words[1], partition(words, 2), words[4], null, words, 5);
      case "fill" -> {
        for (int i = 0; i < Integer.parseInt(words[4]); i++) {
          send(words[1], partition(words, 2), "", (words[5] + i).getBytes(StandardCharsets.UTF_8), words, words.length);
        }
      }
      case "lines" -> sendLines(words[1], words[2], Path.of(words[3]));
      case "committed" -> readCommitted(words[1], Path.of(words[2]));
      case "records" -> readRecords(words[1], Path.of(words[2]));
      case "flush" -> {
        producers.get(words[1]).flush();
        long last = -1;
        for (Future<RecordMetadata> record : sent.put(words[1], new ArrayList<>())) last = record.get().offset();
        return last;
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
    return -1;
  }

  private void open(String[] words) {
    KafkaProducer<byte[], byte[]> before = producers.remove(words[1]);
    // At once, as a crash would: a transaction that is open is left to whoever has its id next.
    if (before != null) before.close(Duration.ZERO);
    Properties properties = new Properties();
    properties.putAll(settings(words, 2));
    properties.put("bootstrap.servers", servers);
    ByteArraySerializer bytes = new ByteArraySerializer();
    KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, bytes, bytes);
    producers.put(words[1], producer);
    sent.put(words[1], new ArrayList<>());
    if (properties.containsKey("transactional.id")) producer.initTransactions();
  }

  /** From the word `from` on: the timestamp, if there is one, and headers. */
  private void send(String producer, TopicPartition target, String key, byte[] value, String[] words, int from) {
    byte[] keyBytes = key.isEmpty() ? null : key.getBytes(StandardCharsets.UTF_8);
    Long timestamp = from < words.length && !words[from].isEmpty() ? Long.valueOf(words[from]) : null;
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(target.topic(), target.partition(), timestamp, keyBytes, value);
    settings(words, from + 1).forEach((name, header) ->
        record.headers().add(name, header.getBytes(StandardCharsets.UTF_8)));
    sent.get(producer).add(producers.get(producer).send(record));
  }

  /** Without a promise for each: a file may have millions. */
  private void sendLines(String producer, String topic, Path file) throws Exception {
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        producers.get(producer).send(
            new ProducerRecord<>(topic, line.getBytes(StandardCharsets.UTF_8)),
            (metadata, error) -> failure.compareAndSet(null, error));
      }
    }
    producers.get(producer).flush();
    if (failure.get() != null) throw failure.get();
  }

  /** What Kafka's own consumer sees of a topic in read_committed mode, up to what is its end now: a value a line. */
  private void readCommitted(String topic, Path file) throws Exception {
    try (OutputStream lines = new BufferedOutputStream(Files.newOutputStream(file))) {
      eachCommitted(topic, record -> {
        lines.write(record.value());
        lines.write('\n');
      });
    }
  }

  /** The same, with all that a record has: partition, offset, timestamp and its type, key, value, headers; bytes in hex. */
  private void readRecords(String topic, Path file) throws Exception {
    try (PrintStream lines = new PrintStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      eachCommitted(topic, record -> {
        StringJoiner line = new StringJoiner("\t");
        line.add(record.partition() + "").add(record.offset() + "");
        line.add(record.timestamp() + "").add(record.timestampType().name);
        line.add(hex(record.key())).add(hex(record.value()));
        for (Header header : record.headers()) line.add(header.key() + "=" + hex(header.value()));
        lines.print(line + "\n");
      });
    }
  }

  private static String hex(byte[] bytes) {
    return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
  }

  private interface RecordReader {
    void read(ConsumerRecord<byte[], byte[]> record) throws Exception;
  }

  private void eachCommitted(String topic, RecordReader reader) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", servers, "isolation.level", "read_committed");
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
          .map(partition -> new TopicPartition(topic, partition.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) reader.read(record);
      }
    }
  }

  private void configure(String[] words) throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, words[1]);
    List<AlterConfigOp> changes = new ArrayList<>();
    settings(words, 2).forEach((name, value) ->
        changes.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
    admin.incrementalAlterConfigs(Map.of(topic, changes)).all().get();
  }

  private void limit(String[] words) throws Exception {
    List<ClientQuotaAlteration.Op> limits = new ArrayList<>();
    settings(words, 2).forEach((name, value) ->
        limits.add(new ClientQuotaAlteration.Op(name, Double.valueOf(value))));
    ClientQuotaEntity client = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, words[1]));
    admin.alterClientQuotas(List.of(new ClientQuotaAlteration(client, limits))).all().get();
  }

  private static TopicPartition partition(String[] words) {
    return partition(words, 1);
  }

  private static TopicPartition partition(String[] words, int from) {
    return new TopicPartition(words[from], Integer.parseInt(words[from + 1]));
  }

  private static Map<String, String> settings(String[] words, int from) {
    Map<String, String> settings = new HashMap<>();
    for (int i = from; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      settings.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    return settings;
  }
}
