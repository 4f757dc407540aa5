/** A profile that is about debugging keeps its symbols, its unwind tables and the paths of its sources. */
export const forDebugging = (profile: string) => /^(dev|test)$|debug/.test(profile);
