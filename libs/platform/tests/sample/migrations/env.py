from inzira_platform.migrations import run
from sqlalchemy import MetaData

run(MetaData())
