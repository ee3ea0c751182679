"""The permission table of policy.yaml: which role may do what, and how far each role reaches."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

SCOPES = frozenset({"facility", "caseload", "org", "national", "oversight", "none", "system", "partner"})

PERMISSIONS: Mapping[str, frozenset[str]]
ROLES: frozenset[str]
ROLE_SCOPE: Mapping[str, str]


@dataclass(frozen=True)
class Policy:
    """Permissions by name to the roles that hold them; roles to their scope kind; the public permissions."""

    permissions: Mapping[str, frozenset[str]]
    role_scope: Mapping[str, str]
    public: frozenset[str]

    @property
    def roles(self) -> frozenset[str]:
        """Every role there is."""
        return frozenset(self.role_scope)

    def roles_for(self, permission: str) -> frozenset[str]:
        """The roles that hold a permission; none for a public one. Raises KeyError for an unknown one."""
        return self.permissions[permission]

    def scope_of(self, role: str) -> str:
        """The scope kind of a role. Raises KeyError for an unknown one."""
        return self.role_scope[role]

    def is_public(self, permission: str) -> bool:
        """Whether a permission needs no account. Raises KeyError for an unknown one."""
        if permission not in self.permissions:
            raise KeyError(permission)
        return permission in self.public

    def allows(self, permission: str, roles: frozenset[str]) -> bool:
        """Whether any of the roles holds the permission, or everybody does. Raises KeyError if unknown."""
        return bool(self.roles_for(permission) & roles) or self.is_public(permission)


@cache
def policy() -> Policy:
    """The table, read once. Raises ValueError when it names a role or a scope that it does not define."""
    table = yaml.safe_load((files(__package__) / "policy.yaml").read_text("utf-8"))
    scopes = {role: str(entry["scope"]) for role, entry in table["roles"].items()}
    granted = {name: frozenset(entry.get("roles", ())) for name, entry in table["permissions"].items()}
    public = frozenset(name for name, entry in table["permissions"].items() if entry.get("public") is True)
    if not frozenset().union(*granted.values()) <= scopes.keys() or not SCOPES.issuperset(scopes.values()):
        raise ValueError("policy.yaml names a role or a scope that it does not define")
    return Policy(MappingProxyType(granted), MappingProxyType(scopes), public)


def __getattr__(name: str) -> object:
    """PERMISSIONS, ROLES and ROLE_SCOPE, read at first use so that importing stays free."""
    if name == "PERMISSIONS":
        return policy().permissions
    if name == "ROLES":
        return policy().roles
    if name == "ROLE_SCOPE":
        return policy().role_scope
    raise AttributeError(name)
