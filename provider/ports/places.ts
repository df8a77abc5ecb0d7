/** Where addresses are, by a file that the operator keeps. */
export interface Places {
  /**
   * In words: "Bern, Switzerland"; in the language that is asked for (BCP 47), as far as the file has it. Undefined where the file
   * says nothing of the address, or cannot be read. Never rejects.
   */
  find(ip: string, language: string): Promise<string | undefined>
}
