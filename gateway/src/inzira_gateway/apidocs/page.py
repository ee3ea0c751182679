"""The merged document as one page of HTML without scripts or outside resources. Pure: document in, text out."""

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from typing import Any

from inzira_gateway.apidocs.merge import Document, operations

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem;color:#1b1b1b;background:#fff}
h1{margin-bottom:.2rem}h2{margin-top:2.5rem;border-bottom:1px solid #ccc}
nav ul{columns:3;padding-left:1.2rem}details{border:1px solid #ddd;border-radius:6px;margin:.4rem 0;padding:.3rem .8rem}
summary{cursor:pointer}code,pre{font:14px/1.4 ui-monospace,monospace;background:#f4f4f4;border-radius:4px}
code{padding:.1rem .3rem}pre{padding:.6rem;overflow:auto}table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;border-bottom:1px solid #eee;padding:.3rem .5rem}
.m{display:inline-block;min-width:4.2rem;font-weight:700}.GET{color:#05628a}.POST{color:#1d6b2f}.PATCH,.PUT{color:#8a5a00}
.DELETE{color:#a11}.who{color:#555;font-size:.9rem}
@media(max-width:50rem){nav ul{columns:1}}
"""
DEPTH = 4


def content_security_policy() -> str:
    """Allows the page's own style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"{closed}; style-src 'sha256-{digest}'"


def page_of(document: Document) -> str:
    """The whole page."""
    info = document["info"]
    groups: dict[str, list[str]] = {}
    for method, path, operation in operations(document):
        for tag in operation.get("tags", ["other"])[:1]:
            groups.setdefault(tag, []).append(_operation(method, path, operation, document))
    links = "".join(
        f'<li><a href="#{_anchor(tag)}">{escape(tag)}</a> ({len(groups[tag])})</li>' for tag in sorted(groups)
    )
    sections = "".join(
        f'<section><h2 id="{_anchor(tag)}">{escape(tag)}</h2>{"".join(groups[tag])}</section>' for tag in sorted(groups)
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])} API</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body>'
        f"<h1>{escape(info['title'])} API</h1><p>{escape(info.get('description', ''))}</p>"
        '<p>The same as data: <a href="/v1/openapi.json">/v1/openapi.json</a> (OpenAPI 3.1). Errors are '
        "<code>application/problem+json</code> (RFC 9457) with a stable <code>code</code>.</p>"
        f"<nav><ul>{links}</ul></nav>{sections}</body></html>"
    )


def _anchor(tag: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in tag.lower())


def _operation(method: str, path: str, operation: Document, document: Document) -> str:
    summary = escape(operation.get("summary", ""))
    needs = operation.get("x-permission", "")
    who = "no sign-in needed" if operation.get("security") == [] else f"needs <code>{escape(needs)}</code>"
    parts = [
        f"<p>{escape(operation.get('description', ''))}</p>",
        f'<p class="who">{who}</p>',
        _parameters(operation.get("parameters", [])),
        _body(operation.get("requestBody"), document),
        _answers(operation.get("responses", {}), document),
    ]
    return (
        f'<details id="{escape(operation.get("operationId", ""))}"><summary><span class="m {method}">{method}</span>'
        f"<code>{escape(path)}</code> {summary}</summary>{''.join(parts)}</details>"
    )


def _parameters(parameters: list[Document]) -> str:
    rows = [
        f"<tr><td><code>{escape(item['name'])}</code></td><td>{escape(item['in'])}"
        f"{', required' if item.get('required') else ''}</td>"
        f"<td><code>{escape(_brief(item.get('schema', {})))}</code></td>"
        f"<td>{escape(item.get('description', ''))}</td></tr>"
        for item in parameters
    ]
    return f"<table><tr><th>parameter</th><th>in</th><th>type</th><th></th></tr>{''.join(rows)}</table>" if rows else ""


def _body(body: Document | None, document: Document) -> str:
    if not body:
        return ""
    return "".join(
        f"<p>Body <code>{escape(media)}</code></p>{_schema(content.get('schema', {}), document)}"
        for media, content in body.get("content", {}).items()
    )


def _answers(responses: Document, document: Document) -> str:
    rows = []
    for status, response in sorted(responses.items()):
        shapes = "".join(
            _schema(content.get("schema", {}), document)
            for media, content in response.get("content", {}).items()
            if media != "application/problem+json"
        )
        words = escape(response.get("description", ""))
        rows.append(f"<tr><td><code>{escape(status)}</code></td><td>{words}{shapes}</td></tr>")
    return f"<table><tr><th>answer</th><th></th></tr>{''.join(rows)}</table>"


def _schema(schema: Document, document: Document) -> str:
    lines = "\n".join(_lines(schema, document, 0))
    return f"<pre>{escape(lines)}</pre>" if lines else ""


def _lines(schema: Document, document: Document, depth: int) -> Iterator[str]:
    schema = _resolved(schema, document)
    if schema.get("type") == "array":
        yield from _lines(schema.get("items", {}), document, depth)
        return
    required = set(schema.get("required", []))
    for name, item in schema.get("properties", {}).items():
        optional = "" if name in required else "?"
        note = f"  — {item['description']}" if item.get("description") else ""
        yield f"{'  ' * depth}{name}{optional}: {_brief(item)}{note}"
        if depth < DEPTH:
            yield from _lines(_inner(item), document, depth + 1)


def _inner(item: Document) -> Document:
    """The schema inside a list or a choice with null."""
    if item.get("type") == "array":
        return _inner(item.get("items", {}))
    for choice in item.get("anyOf", []):
        if "$ref" in choice:
            return dict(choice)
    return item if "$ref" in item else {}


def _resolved(schema: Document, document: Document) -> Document:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Document = document["components"]["schemas"].get(name, {}) if name else schema
    return found


def _brief(schema: Document) -> str:
    """A type in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "anyOf" in schema:
        return " | ".join(_brief(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_brief(schema.get('items', {}))}]"
    return " ".join(str(part) for part in (schema.get("type", "any"), schema.get("format"), _bounds(schema)) if part)


def _bounds(schema: dict[str, Any]) -> str:
    names = {"minLength": "min", "maxLength": "max", "minimum": "≥", "maximum": "≤", "pattern": "pattern"}
    found = [f"{word} {schema[name]}" for name, word in names.items() if name in schema]
    return f"({', '.join(found)})" if found else ""
