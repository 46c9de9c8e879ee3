/** One thing that was checked at the end, and how it turned out. */
export interface Finding {
  /** What must hold, in one line. */
  readonly claim: string;
  readonly holds: boolean;
  /** What was counted on either side. */
  readonly evidence: string;
  /** The first few things that contradict the claim. */
  readonly against: readonly string[];
}

const SHOWN = 5;

/** A finding that holds when nothing speaks against it. */
export const finding = (claim: string, evidence: string, against: readonly string[]): Finding => ({
  claim,
  holds: against.length === 0,
  evidence: against.length > SHOWN ? `${evidence}; ${against.length} contradictions` : evidence,
  against: against.slice(0, SHOWN),
});
