/** The compressed data is not what the format allows; caught where its file is read. */
export class Damage extends Error {}
