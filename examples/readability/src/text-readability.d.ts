declare module 'text-readability' {
  /** The parts of the library that this sample uses; it ships no types. */
  const readability: {
    fleschReadingEase(text: string): number
    fleschKincaidGrade(text: string): number
    lexiconCount(text: string): number
    sentenceCount(text: string): number
  }
  export default readability
}
