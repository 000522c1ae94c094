import { describe, expect, test } from 'vitest'
import { compactName, documentWords, queryWords, sortableName } from './words.ts'

describe('documentWords', () => {
  test.each([
    ['OpenHands', ['openhands', 'open', 'hands']],
    ['GPTResearcher', ['gptresearcher', 'gpt', 'researcher']],
    ['SWE-agent n8n', ['swe', 'agent', 'n8n']],
    ['Café GRÖẞE ｗｉｄｅ ﬁne', ['cafe', 'grosse', 'wide', 'fine']],
    ['東京タ', ['東京', '京タ', 'タ']],
    ['hello世界', ['hello', '世界', '界']],
    ['한국어', ['한국', '국어', '어']],
    ['हिन्दी', ['हिन्दी']],
    ['🎉 -- & \0 \ud800', []],
  ])('%s', (text, words) => {
    expect(documentWords(text)).toEqual(words)
  })

  test('long texts and long words are cut', () => {
    expect(documentWords('word '.repeat(10_000))).toHaveLength(4000)
    expect(documentWords('a'.repeat(500))).toEqual(['a'.repeat(40)])
    expect(documentWords('𠮷'.repeat(3))).toEqual(['𠮷𠮷', '𠮷𠮷', '𠮷'])
  })
})

describe('queryWords', () => {
  const typed = (text: string) => queryWords(text).map((word) => word.text)

  test('takes 200 characters, eight words and sixteen parts at most', () => {
    expect(typed('a b c d e f g h i j')).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
    expect(typed('人工知能検索機能一覧表示方法説明書作成支援')).toHaveLength(16)
    expect(typed(`${'x'.repeat(199)} yes`)).toEqual(['x'.repeat(40)])
  })

  test('takes repeated words once', () => {
    expect(typed('Agent agent AGENT')).toEqual(['agent'])
  })

  test('only words of three to 24 letters can be corrected', () => {
    const correctable = queryWords('ab abc c3po 東京 привет').filter((word) => word.isCorrectable)
    expect(correctable.map(({ text }) => text)).toEqual(['abc', 'привет'])
  })

  test('one character of a script without spaces stands for what begins with it', () => {
    expect(queryWords('猫')).toEqual([{ text: '猫', isPrefix: true, isCorrectable: false }])
  })
})

test('names are compared without spaces and sorted in plain words', () => {
  expect(compactName('GPT Researcher')).toBe('gptresearcher')
  expect(compactName('gptresearcher')).toBe('gptresearcher')
  expect(sortableName('SWE-agent: Café')).toBe('swe agent cafe')
  expect(compactName('***')).toBe('')
})
