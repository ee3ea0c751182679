"""Headers partners send."""

from typing import Any

PURPOSE: dict[str, Any] = {
    "parameters": [
        {
            "name": "X-Purpose",
            "in": "header",
            "required": True,
            "description": "one of the purposes of the grant; without one the request is refused (purpose-missing)",
            "schema": {"type": "string", "minLength": 1, "title": "X-Purpose"},
        }
    ]
}
"""For the document of a route. The door reads the header and hands its purpose on in the token, so that no route has it
as a parameter: `declared("partner:read", openapi_extra=PURPOSE)`.
"""
