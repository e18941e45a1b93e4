"""Stores and brokers at the rim of a system, told by the libraries that reach them: where a program's own code that runs uses one."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.golang.load.package import File
from tracer.golang.program import Analysis
from tracer.golang.search.words import words
from tracer.model import Position
from tracer.systems import Keeps

# Import path, or the beginning of one before a slash -> what the library reaches.
LIBRARIES = {
    "database/sql": "SQL database",
    "github.com/jackc/pgx": "PostgreSQL",
    "github.com/lib/pq": "PostgreSQL",
    "github.com/go-sql-driver/mysql": "MySQL",
    "github.com/mattn/go-sqlite3": "SQLite",
    "modernc.org/sqlite": "SQLite",
    "gorm.io/gorm": "SQL database",
    "github.com/redis/go-redis": "Redis",
    "github.com/go-redis/redis": "Redis",
    "github.com/gomodule/redigo": "Redis",
    "github.com/bradfitz/gomemcache": "memcached",
    "go.mongodb.org/mongo-driver": "MongoDB",
    "gopkg.in/mgo.v2": "MongoDB",
    "github.com/globalsign/mgo": "MongoDB",
    "github.com/gocql/gocql": "Cassandra",
    "github.com/olivere/elastic": "Elasticsearch",
    "github.com/elastic/go-elasticsearch": "Elasticsearch",
    "github.com/ClickHouse/clickhouse-go": "ClickHouse",
    "github.com/ClickHouse/ch-go": "ClickHouse",
    "github.com/dgraph-io/badger": "Badger",
    "go.etcd.io/bbolt": "bbolt",
    "go.etcd.io/etcd/client": "etcd",
    "go.etcd.io/etcd/clientv3": "etcd",
    "github.com/hashicorp/consul/api": "Consul",
    "github.com/minio/minio-go": "S3",
    "github.com/aws/aws-sdk-go/service/s3": "S3",
    "github.com/aws/aws-sdk-go-v2/service/s3": "S3",
    "github.com/aws/aws-sdk-go/service/dynamodb": "DynamoDB",
    "github.com/aws/aws-sdk-go-v2/service/dynamodb": "DynamoDB",
    "cloud.google.com/go/storage": "Google Cloud Storage",
    "cloud.google.com/go/spanner": "Spanner",
    "cloud.google.com/go/alloydbconn": "AlloyDB",
    "cloud.google.com/go/pubsub": "Google Cloud Pub/Sub",
    "github.com/segmentio/kafka-go": "Kafka",
    "github.com/IBM/sarama": "Kafka",
    "github.com/Shopify/sarama": "Kafka",
    "github.com/confluentinc/confluent-kafka-go": "Kafka",
    "github.com/twmb/franz-go": "Kafka",
    "github.com/nats-io/nats.go": "NATS",
    "github.com/rabbitmq/amqp091-go": "RabbitMQ",
    "github.com/streadway/amqp": "RabbitMQ",
    "github.com/eclipse/paho.mqtt.golang": "MQTT",
}


def store_of(path: str) -> str | None:
    """What a package reaches, by its import path."""
    while path:
        if path in LIBRARIES:
            return LIBRARIES[path]
        path = path.rpartition("/")[0]
    return None


def stores(analysis: Analysis) -> Iterator[Keeps]:
    """What a program's own code that runs keeps its data in, or sends messages by, each with the first place that does."""
    told = set[str]()
    for package in analysis.program.closure():
        if package.is_std or package.is_elsewhere:
            continue
        for file in package.files:
            for name, path in file.imported:
                store = store_of(path)
                if store is not None and store not in told:
                    place = _used(analysis, file, name, path)
                    if place is not None:
                        told.add(store)
                        yield Keeps(analysis.name, store, path, place)


def _used(analysis: Analysis, file: File, name: str, path: str) -> Position | None:
    """Where code of a file that runs names a package; where it is imported for what its ``init`` does, the import."""
    if name in ("_", "."):
        line = next(i.line for i in file.facts.imports if i.path == path)
        return Position(file.package.origin.repository, file.path, line, 1)
    package = analysis.program.package(path, file.package)
    called = (name or (package.name if package is not None else path.rpartition("/")[2])).encode()
    for at in words(file.source, called, file.begin):
        declaration = file.declaration_at(at) if file.source.startswith(b".", at + len(called)) else None
        if declaration is not None and declaration.kind in ("func", "method", "var"):
            if analysis.counts(file.unit(declaration)):
                return Position(file.package.origin.repository, file.path, *file.place(at))
    return None
