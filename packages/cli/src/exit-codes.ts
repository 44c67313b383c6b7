/** What every command's exit code means; part of each `--help`. */
export const exitCodes = {
  done: 0,
  wrongUse: 1,
  refused: 2,
  someNotTaken: 3,
  outOfReach: 4,
  damaged: 5,
  stopped: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodesHelp = `
Exit codes:
  0    done
  1    wrong use, or something unexpected
  2    refused by the exchange (sign-in, rights, no such study, a hold)
  3    some files were not taken; each is named with its reason
  4    the exchange is out of reach, or not the one to be trusted
  5    damaged data: a file or a receipt is not what it should be
  130  stopped with Ctrl-C`;
