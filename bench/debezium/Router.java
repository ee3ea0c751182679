import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's embedded engine with its outbox router, each batch sent to Kafka and acknowledged before its place in the
 * log is given back: the relay's guarantee, at least once and in order. `Router engine.properties producer.properties`
 * runs until it is told to end; it ends with 1 when the engine does.
 */
public final class Router implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {

    private final KafkaProducer<byte[], byte[]> producer;

    private Router(Properties settings) {
        producer = new KafkaProducer<>(settings);
    }

    public static void main(String[] files) throws Exception {
        DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine
                .create(ChangeEventFormat.of(Connect.class))
                .using(settings(files[0]))
                .notifying(new Router(settings(files[1])))
                .using((DebeziumEngine.CompletionCallback) Router::ended)
                .build();
        engine.run();
        System.exit(1);
    }

    private static Properties settings(String file) throws Exception {
        Properties found = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(file))) {
            found.load(reader);
        }
        return found;
    }

    private static void ended(boolean success, String message, Throwable error) {
        System.err.println("The engine ended: " + message);
        if (error != null) {
            error.printStackTrace();
        }
    }

    @Override
    public void handleBatch(List<RecordChangeEvent<SourceRecord>> events,
            RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(events.size());
        for (RecordChangeEvent<SourceRecord> event : events) {
            sent.add(producer.send(outgoing(event.record())));
        }
        for (int place = 0; place < sent.size(); place++) {
            acknowledged(sent.get(place));
            committer.markProcessed(events.get(place));
        }
        committer.markBatchFinished();
    }

    private static void acknowledged(Future<RecordMetadata> record) throws InterruptedException {
        try {
            record.get();
        } catch (ExecutionException refused) {
            throw new IllegalStateException(refused.getCause());
        }
    }

    private static ProducerRecord<byte[], byte[]> outgoing(SourceRecord record) {
        ProducerRecord<byte[], byte[]> made = new ProducerRecord<>(
                record.topic(), null, record.timestamp(), bytes(record.key()), bytes(record.value()));
        record.headers().forEach(header -> made.headers().add(header.key(), bytes(header.value())));
        return made;
    }

    private static byte[] bytes(Object value) {
        if (value instanceof ByteBuffer buffer) {
            byte[] copied = new byte[buffer.remaining()];
            buffer.duplicate().get(copied);
            return copied;
        }
        return value instanceof byte[] raw ? raw : value.toString().getBytes(StandardCharsets.UTF_8);
    }
}
