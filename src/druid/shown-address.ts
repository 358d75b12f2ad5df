/** A Druid's address as it may be shown and logged: without user and password. */
export const shownAddress = (at: string): string => at.replaceAll(/\/\/[^/,]*@/g, '//');
