"""A campaign's outcome as a page people read."""

from campaign import Outcome


def readable(outcome: Outcome) -> str:
    """Markdown: what was done, what broke, how long it took to be well again, what is wrong."""
    plan, verdict = outcome.plan, outcome.verdict
    checked = verdict["checked"]
    lines = [
        f"# Faults: seed {plan.seed}, {'Apache Kafka' if plan.kafka == 'apache' else 'the embedded broker'}",
        "",
        f"{'**MUTANT ' + plan.mutant + '**: ' if plan.mutant else ''}"
        f"{outcome.operations} operations of {plan.users} users in {outcome.seconds:.0f} s "
        f"({outcome.operations / max(outcome.seconds, 1):.0f}/s) "
        f"({', '.join(f'{number} {name}' for name, number in sorted(outcome.by_outcome.items()))}), "
        f"{sum(outcome.faults.values())} faults, **{outcome.violations} violations**.",
        "",
        f"Checked: {checked['events']} events, {checked['access_records']} records of access, "
        f"{checked['feed_items']} items of the feed. Everything was taken in "
        + (f"{outcome.drained_in:.1f} s after the last fault was mended." if outcome.drained_in is not None
           else f"NOT within {plan.wait:.0f} s after the last fault."),
        "",
        "| fault | injected | well again after, s (median) | longest |",
        "|---|---|---|---|",
    ]  # fmt: skip
    recovery = verdict["recovery_seconds"]
    for kind, number in sorted(outcome.faults.items()):
        times = recovery.get(kind)
        shown = f"{times['median']} | {times['longest']}" if times else "— | —"
        lines.append(f"| {kind} | {number} | {shown} |")
    lines += ["", "Answers: " + ", ".join(f"{status} × {n}" for status, n in sorted(checked["statuses"].items())), ""]
    if outcome.given_up:
        named = ", ".join(f"{name} {number} times" for name, number in sorted(outcome.given_up.items()))
        lines += [f"The supervisor had given up and was asked again: {named}", ""]
    if outcome.failed:
        named = ", ".join(f"{place} {number} times" for place, number in sorted(outcome.failed.items()))
        lines += [f"**The campaign itself was not sound**: {named}", ""]
    if taken_back := checked["taken_back"]:
        named = ", ".join(f"{number} {name}" for name, number in taken_back.items())
        lines += [f"A backup was restored half way. Taken back with it: {named}.", ""]
    for judgement in (outcome.before_restoration, verdict):
        for invariant, number in judgement.get("violations", {}).items():
            lines += [f"**{invariant}: {number}**", *[f"- {place}" for place in judgement["places"][invariant]], ""]
    return "\n".join(lines)
