/**
 * 1980-01-01 in seconds since 1970, for files that have no date of their own: the oldest that a zip can hold
 * (https://docs.python.org/3/library/zipfile.html#zipfile.ZipInfo.date_time). 0 would mean "missing" to Ninja.
 */
export const NO_DATE = 315532800;
