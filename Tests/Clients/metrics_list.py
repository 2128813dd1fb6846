"""docs/metrics.md, and whether a process measures what stands there: no more and no less."""
import pathlib
import re
import urllib.request

LIST = pathlib.Path(__file__).resolve().parents[2] / "docs/metrics.md"
# What Prometheus asks of names: units are base units, and counters end in what they are.
NAME = re.compile(r"(mayfly|process)_[a-z0-9_]+")


def rows():
    """Name, type, labels, and the processes that have it."""
    for line in LIST.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[0].startswith("`"):
            labels = frozenset(cell.strip("`, ") for cell in cells[3].split(",") if cell.strip())
            yield cells[0].strip("`"), cells[1], labels, [part.strip() for part in cells[4].split(",")]


def names():
    return {name for name, *_ in rows()}


def served(page):
    """Types of what a page has, and the labels of what has figures."""
    types, labels = {}, {}
    for line in page.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, f"{name} stands there twice"
            types[name] = kind
        elif line and not line.startswith("#"):
            name = re.match(r"[a-z0-9_]+", line)[0]
            found = frozenset(re.findall(r'(\w+)="', line))
            base = re.sub("_(bucket|sum|count)$", "", name)
            if types.get(base) == "histogram":
                name, found = base, found - {"le"}
            labels.setdefault(name, found)
            float(line.rsplit(" ", 1)[1])
            assert name in types, f"{name} has no type"
    return types, labels


def page(url):
    with urllib.request.urlopen(url + "/metrics", timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"), answer.headers
        return answer.read().decode()


def check(case, process, url):
    """Fails where a process has what is not in the list, or lacks what is."""
    types, labels = served(page(url))
    expected, optional = {}, {}
    for name, kind, its_labels, on in rows():
        case.assertRegex(name, NAME)
        case.assertEqual(kind == "counter", name.endswith("_total"), name)
        if process in on:
            expected[name] = (kind, its_labels)
        elif any(part.startswith(process + " (") for part in on):
            optional[name] = (kind, its_labels)
    case.assertEqual(set(types) - set(optional), set(expected), f"the metrics of {process}, against docs/metrics.md")
    for name, kind in types.items():
        listed = (expected | optional)[name]
        case.assertEqual(kind, listed[0], name)
        if name in labels:
            case.assertEqual(labels[name], listed[1], name)
