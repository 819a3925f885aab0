"""A province's own polygons: read strictly (`reading`), simplified without gaps (`topology`), stored (`loading`)."""
