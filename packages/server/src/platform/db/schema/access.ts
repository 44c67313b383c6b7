export type AccessTables = {
  attempts: { name: string; count: number; since: Date };
};
