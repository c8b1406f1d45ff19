/** The prewarmed assets of each venue, in order; a venue listed earlier is preferred for an asset of several. */
export const prewarmedAssets: Readonly<Record<string, readonly string[]>> = {
  coinbase: tickers('BTC ETH SOL DOGE XRP LINK DOT LTC AVAX UNI PEPE XLM ETC ICP RENDER BONK BCH JASMY AXS CHZ STORJ ZEC DASH CGLD NEAR'),
  gemini: tickers('AAVE AMP ARB ATOM BAT CHILLGUY CRV CTX CUBE DRIFT FIL GRT HNT HYPE JTO MON POPCAT PUMP QNT RNDR SHIB SKL SKY UMA WLFI'),
  kraken: tickers('NANO SC LSK KAVA BICO RARI OCEAN CFG CQT ALGO FET FLOW XTZ QTUM ICX ASTR ENJ EGLD COTI MINA GLMR MOVR KSM TEER CRO'),
  gateio: tickers('BNB TRX APT SEI INJ OP SUI VET HBAR SAND MANA S CHR FLR THETA CELR REEF DENT HOT POND IOTX ALICE SUPER FLUX ONE'),
  cryptocom: tickers('TON WLD APE BLUR IMX ENS LDO SNX COMP 1INCH SUSHI GALA MAGIC ORDI PIXEL RUNE ARKM DYM GMX CRO TAO AGLD AR AUDIO POL'),
  okx: tickers('TIA JUP STRK PYTH W ZRO PENDLE ONDO WIF FLOKI NOT AEVO ENA ETHFI TURBO NEIRO DOGS HMSTR EIGEN BOME KAITO GRASS BANANA ACE TNSR'),
}

/** Every ticker that some venue prewarms. */
export const knownTickers: readonly string[] = [...new Set(Object.values(prewarmedAssets).flat())]

function tickers(list: string): readonly string[] {
  return list.split(' ')
}
