/** What is simulated: yearly figures in decimal fractions. Betas are to the two common factors, equity and coins. */
export interface SimulatedSymbol {
  readonly symbol: string;
  readonly start: number;
  readonly equityBeta: number;
  readonly rateBeta: number;
  readonly coinBeta: number;
  /** Own volatility a year, beyond the factors. */
  readonly ownVolatility: number;
  readonly drift: number;
}

export interface SimulatedSleeve {
  /** File that the sleeve is written to. */
  readonly file: string;
  readonly calendar: 'XNYS' | 'XCRY';
  readonly symbols: readonly SimulatedSymbol[];
}

function symbol(
  name: string,
  start: number,
  betas: readonly [equity: number, rate: number, coin: number],
  ownVolatility: number,
  drift: number,
): SimulatedSymbol {
  return { symbol: name, start, equityBeta: betas[0], rateBeta: betas[1], coinBeta: betas[2], ownVolatility, drift };
}

export const simulatedSleeves: readonly SimulatedSleeve[] = [
  {
    file: 'simulated_equities.csv',
    calendar: 'XNYS',
    symbols: [
      symbol('NASDAQ:AAPL', 165, [1.15, 0.1, 0], 0.19, 0.04),
      symbol('NASDAQ:AMGN', 240, [0.55, 0.2, 0], 0.19, 0.02),
      symbol('NASDAQ:CSCO', 48, [0.85, 0.1, 0], 0.17, 0.02),
      symbol('NASDAQ:MSFT', 300, [1.1, 0.1, 0], 0.17, 0.05),
      symbol('NASDAQ:NVDA', 28, [1.7, 0, 0.06], 0.36, 0.1),
      symbol('NYSE:CAT', 215, [1.05, -0.2, 0], 0.2, 0.03),
      symbol('NYSE:CVX', 160, [0.75, -0.4, 0], 0.22, 0.01),
      symbol('NYSE:JNJ', 160, [0.45, 0.2, 0], 0.13, 0.01),
      symbol('NYSE:JPM', 138, [1.0, -0.5, 0], 0.17, 0.04),
      symbol('NYSE:KO', 63, [0.45, 0.25, 0], 0.11, 0.02),
      symbol('NYSE:PG', 155, [0.45, 0.25, 0], 0.12, 0.02),
      symbol('NYSE:WMT', 51, [0.5, 0.15, 0], 0.15, 0.05),
    ],
  },
  {
    file: 'simulated_etfs.csv',
    calendar: 'XNYS',
    symbols: [
      symbol('AMEX:EEM', 39, [0.8, 0, 0], 0.1, -0.02),
      symbol('AMEX:EFA', 71, [0.85, 0.05, 0], 0.07, 0),
      symbol('AMEX:GLD', 185, [0.05, 0.7, 0.02], 0.12, 0.06),
      symbol('AMEX:HYG', 74, [0.35, 0.25, 0], 0.03, 0.01),
      symbol('AMEX:IWM', 176, [1.2, -0.1, 0.02], 0.09, 0),
      symbol('AMEX:LQD', 108, [0.15, 1.1, 0], 0.02, 0),
      symbol('AMEX:SPY', 415, [1, 0, 0], 0.01, 0.01),
      symbol('AMEX:TIP', 109, [0.05, 0.7, 0], 0.02, 0.01),
      symbol('AMEX:VNQ', 81, [0.9, 0.7, 0], 0.1, 0),
      symbol('NASDAQ:TLT', 105, [-0.05, 2.1, 0], 0.03, -0.01),
    ],
  },
  {
    file: 'simulated_crypto.csv',
    calendar: 'XCRY',
    symbols: [
      symbol('BINANCE:ADAUSDT', 0.4, [0.7, 0, 1.15], 0.5, -0.1),
      symbol('BINANCE:BNBUSDT', 330, [0.7, 0, 0.85], 0.3, 0.05),
      symbol('BINANCE:BTCUSDT', 28_500, [0.7, 0, 0.95], 0.1, 0.15),
      symbol('BINANCE:ETHUSDT', 1850, [0.7, 0, 1.1], 0.2, 0.05),
      symbol('BINANCE:SOLUSDT', 22, [0.7, 0, 1.3], 0.5, 0.2),
      symbol('BINANCE:XRPUSDT', 0.46, [0.7, 0, 0.95], 0.5, 0.05),
    ],
  },
];
