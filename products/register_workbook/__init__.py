"""The register as provinces keep it in Excel, read into the portal.

`package` opens the file without trusting it, `reading` gives its cells, `choosing` picks the sheet, `columns` finds
headings and what they mean, `values` reads single cells (pure), `names` reads names of units, bodies and product sets,
`rows` makes a typed entry of each line, `holdings` fetches what the register has (a fixed number of queries), `plan`
and `awards` say what would be written and what stands against it, `outgoing` writes workbooks. Writing itself is an
action: `products.actions.imports`.
"""
