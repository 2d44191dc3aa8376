"""A Croissant file: a data set's files and columns for machines, in MLCommons' vocabulary 1.0."""

import json
from collections.abc import Sequence
from typing import Any

from lineclf.datasets._columns import IMAGE, Column
from lineclf.datasets._description import Description, Split

__all__ = ["CROISSANT", "croissant"]

CROISSANT = "croissant.json"

_VERSION = "http://mlcommons.org/croissant/1.0"
_TYPES = {"bool": "sc:Boolean", "int64": "sc:Integer", "float64": "sc:Float", "string": "sc:Text"}

# What short names mean, as the specification wants every file to say.
_OWN = "citeAs column equivalentProperty extract field fileProperty fileObject fileSet format includes isLiveDataset"
_OWN += " jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate separator source"
_OWN += " subField transform"
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{name: f"cr:{name}" for name in _OWN.split()},
}


def croissant(about: Description, splits: list[Split], columns: Sequence[Column]) -> str:
    """Return the text of a Croissant file: JSON-LD, with a record set for each split and for each head's levels."""
    known = {
        "description": about.description.strip() or None,
        "version": about.version,
        "license": about.license,
        "url": about.url,
        "datePublished": about.date,
        "citeAs": about.citation,
        "creator": about.creator and {"@type": "sc:Organization", "name": about.creator},
    }
    return json.dumps(
        {
            "@context": _CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": _VERSION,
            "name": about.name,
            **{name: value for name, value in known.items() if value is not None},
            "distribution": [_file(split) for split in splits],
            "recordSet": [
                *(_levels(each) for each in columns if each.levels is not None),
                *(_records(split, columns) for split in splits),
            ],
        },
        indent=1,
        ensure_ascii=False,
    )


def _file(split: Split) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": split.file,
        "name": split.file,
        "description": f"The split {split.name}.",
        "contentUrl": split.file,
        "contentSize": f"{split.n_bytes} B",
        "encodingFormat": "application/x-parquet",
        "sha256": split.sha256,
    }


def _levels(column: Column) -> dict[str, Any]:
    name = f"{column.name}_levels"
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"What the numbers of {column.name} mean.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{name}/number"},
        "field": [
            {"@type": "cr:Field", "@id": f"{name}/number", "name": "number", "dataType": "sc:Integer"},
            {"@type": "cr:Field", "@id": f"{name}/name", "name": "name", "dataType": ["sc:Text", "sc:name"]},
        ],
        "data": [{f"{name}/number": number, f"{name}/name": level} for number, level in enumerate(column.levels or ())],
    }


def _records(split: Split, columns: Sequence[Column]) -> dict[str, Any]:
    height, width, channels = split.shape
    image = _field(split, IMAGE, f"{height} × {width} pixels, {'grey' if channels == 1 else 'RGB'}.", "sc:ImageObject")
    image["source"]["transform"] = {"jsonPath": "bytes"}
    fields = [image]
    for each in columns:
        kind: Any = _TYPES[each.dtype]
        field = _field(split, each.name, "A label." if each.is_label else "Known of the image.", kind)
        if each.levels is not None:
            field |= {"dataType": [kind, "cr:Label"], "references": {"field": {"@id": f"{each.name}_levels/number"}}}
        fields.append(field)
    return {
        "@type": "cr:RecordSet",
        "@id": split.name,
        "name": split.name,
        "description": f"The {len(split.images)} images of the split {split.name}.",
        "field": fields,
    }


def _field(split: Split, name: str, description: str, kind: Any) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{split.name}/{name}",
        "name": name,
        "description": description,
        "dataType": kind,
        "source": {"fileObject": {"@id": split.file}, "extract": {"column": name}},
    }
