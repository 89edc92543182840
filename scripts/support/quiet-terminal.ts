const CTRL_C = "\x03";

export interface QuietTerminal {
  /** Asks with the terminal as prompts need it, and keeps it quiet again afterwards. */
  around<Answer>(ask: () => Promise<Answer>): Promise<Answer>;
  /** Gives the terminal back to the shell. */
  release(): void;
}

/**
 * Between two hidden prompts a terminal would show what is typed: a password pasted with the next line, or typed ahead
 * while Cognito answers. So it stays in raw mode from the first prompt on, and what comes in between is dropped, as
 * getpass(3) does.
 * @param onInterrupt raw mode makes no signal of Ctrl-C; this is called instead
 */
export function quietTerminal(input: NodeJS.ReadStream, onInterrupt: () => void): QuietTerminal {
  const setRawMode = input.setRawMode.bind(input);
  const drop = (chunk: Buffer | string) => {
    if (chunk.toString().includes(CTRL_C)) onInterrupt();
  };
  const hold = () => {
    setRawMode(true);
    // Every prompt leaves raw mode when it closes; typed at that moment, a password would be shown.
    input.setRawMode = () => input;
  };
  return {
    async around(ask) {
      hold();
      input.off("data", drop).pause();
      try {
        return await ask();
      } finally {
        input.on("data", drop).resume();
      }
    },
    release() {
      input.off("data", drop).pause();
      input.setRawMode = setRawMode;
      setRawMode(false);
    },
  };
}
