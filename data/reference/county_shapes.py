"""Make reports/site/county_shapes.json from the npm package us-atlas: python data/reference/county_shapes.py
counties-10m.json. Run by hand, once.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[2] / "reports/site/county_shapes.json"
WIDTH, MARGIN, TOLERANCE = 560, 6, 0.7  # in units of the drawing
Point = tuple[float, float]


def decode(topology: dict[str, Any]) -> list[list[Point]]:
    """Arcs as longitude and latitude."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        arcs.append(line)
    return arcs


def projected(point: Point) -> Point:
    """Albers equal-area conic, for California (standard parallels 34 and 40.5 degrees north, EPSG:3310)."""
    longitude, latitude = map(math.radians, point)
    one, two, origin, centre = map(math.radians, (34.0, 40.5, 0.0, -120.0))
    n = (math.sin(one) + math.sin(two)) / 2
    c = math.cos(one) ** 2 + 2 * n * math.sin(one)
    rho, rho0 = (math.sqrt(c - 2 * n * math.sin(p)) / n for p in (latitude, origin))
    theta = n * (longitude - centre)
    return rho * math.sin(theta), -(rho0 - rho * math.cos(theta))


def simplified(line: list[Point]) -> list[Point]:
    """Douglas-Peucker on one arc, so that neighbours keep the same border."""
    if len(line) < 3:
        return line
    (x1, y1), (x2, y2) = line[0], line[-1]
    length = math.hypot(x2 - x1, y2 - y1)

    def distance(p: Point) -> float:
        if length == 0:
            return math.hypot(p[0] - x1, p[1] - y1)
        return abs((y2 - y1) * p[0] - (x2 - x1) * p[1] + x2 * y1 - y2 * x1) / length

    far = max(range(1, len(line) - 1), key=lambda i: distance(line[i]))
    if distance(line[far]) <= TOLERANCE:
        return [line[0], line[-1]]
    return simplified(line[: far + 1])[:-1] + simplified(line[far:])


def area(ring: list[Point]) -> float:
    """Signed area of a ring."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def main(source: str) -> None:
    """Write path, place of the label and drawing size of each county."""
    topology = json.loads(Path(source).read_text("utf-8"))
    counties = [g for g in topology["objects"]["counties"]["geometries"] if g["id"].startswith("06")]
    polygons = {g["id"]: g["arcs"] if g["type"] == "MultiPolygon" else [g["arcs"]] for g in counties}
    used = {a if a >= 0 else ~a for parts in polygons.values() for polygon in parts for ring in polygon for a in ring}
    all_arcs = decode(topology)
    arcs = {a: [projected(p) for p in all_arcs[a]] for a in used}
    xs, ys = zip(*(p for line in arcs.values() for p in line), strict=True)
    scale = (WIDTH - 2 * MARGIN) / (max(xs) - min(xs))
    arcs = {
        a: simplified([((x - min(xs)) * scale + MARGIN, (y - min(ys)) * scale + MARGIN) for x, y in line])
        for a, line in arcs.items()
    }
    shapes = {}
    for fips, parts in sorted(polygons.items()):
        rings = [
            [p for a in ring for p in (arcs[a] if a >= 0 else arcs[~a][::-1])[:-1]]
            for polygon in parts
            for ring in polygon
        ]
        rings = [r for r in rings if len(r) > 2 and abs(area(r)) > 2]
        largest = max(rings, key=lambda r: abs(area(r)))
        path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
        code = (  # California numbers its counties in the same order as FIPS does, without the gaps
            f"{(int(fips[2:]) + 1) // 2:02d}"
        )
        shapes[code] = {
            "path": path.replace(".0 ", " ").replace(".0L", "L").replace(".0Z", "Z"),
            "label": [round(v, 1) for v in centre(largest)],
        }
    height = round((max(ys) - min(ys)) * scale + 2 * MARGIN)
    TARGET.write_text(
        json.dumps({"width": WIDTH, "height": height, "counties": shapes}, separators=(",", ":")) + "\n", "utf-8"
    )


def centre(ring: list[Point]) -> Point:
    """Centre of gravity of a ring."""
    whole = area(ring)
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (6 * whole)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (6 * whole)
    return x, y


if __name__ == "__main__":
    main(sys.argv[1])
