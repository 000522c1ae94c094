/** What Stripe charges in, by ISO 4217: https://docs.stripe.com/currencies#presentment-currencies */
export const currencies: ReadonlySet<string> = new Set(
  (
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE ' +
    'CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS ' +
    'KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD ' +
    'OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TND TOP TRY TTD TWD TZS ' +
    'UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW'
  ).split(' '),
)

const withoutDecimals: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
)
const withThreeDecimals: ReadonlySet<string> = new Set('BHD JOD KWD OMR TND'.split(' '))
/** They lost their decimals, and Stripe goes on counting hundredths: https://docs.stripe.com/currencies#special-cases */
const inWholeHundreds: ReadonlySet<string> = new Set(['ISK', 'UGX'])

/**
 * How many decimals the minor unit has that Stripe counts this currency in, and we with it. It isn't always what people write:
 * Intl gives 0 for the forint, and Stripe charges its hundredths.
 */
export function minorDigitsOf(currency: string): number {
  if (withoutDecimals.has(currency)) return 0
  return withThreeDecimals.has(currency) ? 3 : 2
}

/** What an amount to be charged must be a multiple of, in minor units. */
export function chargeStepOf(currency: string): number {
  if (inWholeHundreds.has(currency)) return 100
  return withThreeDecimals.has(currency) ? 10 : 1
}
