"""The cut sheet as a table that a spreadsheet opens: units by colour and size, no word about any fan."""

import csv
import io
from collections.abc import Sequence

from bot.service.desk.export import BOM, harmless
from bot.service.desk_presales import CutSheet

COLUMNS = ("number", "version", "title", "colour", "size", "units")


def cut_sheet_csv(sheets: Sequence[CutSheet]) -> bytes:
    """Write every colour and size of these designs, also those nobody ordered."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for sheet in sheets:
        for colour, row in zip(sheet.colours, sheet.units, strict=True):
            for size, units in zip(sheet.sizes, row, strict=True):
                words = (harmless(said) for said in (sheet.title, colour, size))
                writer.writerow((sheet.number, sheet.version, *words, units))
    return (BOM + table.getvalue()).encode()
