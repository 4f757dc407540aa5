/**
 * 1980-01-01 in seconds since 1970, for files that have no date of their own: the oldest that a zip can hold,
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.4.6). 0 would mean "missing" to Ninja.
 */
export const NO_DATE = 315532800;
