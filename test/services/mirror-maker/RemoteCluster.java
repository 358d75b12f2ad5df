import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.connect.mirror.Heartbeat;
import org.apache.kafka.connect.mirror.RemoteClusterUtils;

/**
 * What MirrorMaker's own client reads on a target: `offset TOPIC PARTITION OFFSET METADATA` for each partition in which a group of the
 * source is, and `heartbeat SOURCE TARGET TIMESTAMP` for the first one.
 */
public class RemoteCluster {
  public static void main(String[] arguments) throws Exception {
    String servers = arguments[0];
    Map<String, Object> properties = Map.of("bootstrap.servers", servers);
    RemoteClusterUtils.translateOffsets(properties, arguments[1], arguments[2], Duration.ofSeconds(20)).forEach(
        (partition, offset) -> System.out.println(String.join(" ", "offset", partition.topic(),
            String.valueOf(partition.partition()), String.valueOf(offset.offset()), offset.metadata())));
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
      TopicPartition heartbeats = new TopicPartition(arguments[3], 0);
      consumer.assign(List.of(heartbeats));
      consumer.seekToBeginning(List.of(heartbeats));
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(20))) {
        Heartbeat heartbeat = Heartbeat.deserializeRecord(record);
        System.out.println(String.join(" ", "heartbeat", heartbeat.sourceClusterAlias(),
            heartbeat.targetClusterAlias(), String.valueOf(heartbeat.timestamp())));
        break;
      }
    }
  }
}
