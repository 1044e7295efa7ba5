/** Tags of one article, and letters of one tag. */
export const MAX_TAGS = 20;
export const MAX_TAG_LENGTH = 60;
