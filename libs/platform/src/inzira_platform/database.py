"""Engine, naming convention and the base class of a service's tables."""

from typing import Any

import orjson
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from inzira_platform.settings import as_sqlalchemy
from inzira_platform.tables import attach_platform_tables

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def service_base() -> type[SQLModel]:
    """A SQLModel base with its own registry, so that two services may live in one test process."""
    metadata = MetaData(naming_convention=NAMING)
    attach_platform_tables(metadata)

    class Base(SQLModel, registry=registry(metadata=metadata)):
        pass

    Base.metadata = metadata
    return Base


def make_engine(dsn: str, pool: int, **options: Any) -> AsyncEngine:  # noqa: ANN401 - passed through to SQLAlchemy
    """Engine on `dsn` (postgresql://…) with `pool` connections and bounded waits."""
    return create_async_engine(
        as_sqlalchemy(dsn),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=False,
        json_deserializer=orjson.loads,
        connect_args={
            "server_settings": {"timezone": "UTC", "lock_timeout": "5000", "statement_timeout": "30000"},
            "command_timeout": 60,
        },
        **options,
    )
