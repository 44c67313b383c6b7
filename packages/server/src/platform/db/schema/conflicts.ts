export type ConflictsTables = {
  conflict_choices: {
    id: string;
    account_id: string;
    study_id: string;
    choice: 'held' | 'new';
    instances: number;
    turned: [packId: string, position: number][];
    settled: [packId: string, position: number][];
    chosen_by: string;
    chosen_at: Date;
    undone_by: string | null;
    undone_at: Date | null;
  };
};
