/** A pack holds at most so many bytes of files as sent; a larger file is a pack of its own. */
export const maxPackBytes = 64 * 1024 * 1024;
export const maxPackInstances = 1024;
/** An identity half larger than this is an object of the identity blob store instead of a column. Bytes, sealed. */
export const maxIdentityInRow = 1024 * 1024;
