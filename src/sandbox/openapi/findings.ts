import {badRequest, ServiceError} from '../errors.js'

/**
 * What the service has to say about a definition: errors, which refuse the import as a whole, and warnings, which name
 * what was left out. The wording of the summaries and the texts quoted in this folder are the service's own, as pasted
 * in public bug reports; a text that is not known from there is marked as assumed.
 */
export class Findings {
  readonly #errors: string[] = []
  readonly #warnings: string[] = []

  get warnings(): string[] | undefined {
    return this.#warnings.length > 0 ? [...this.#warnings] : undefined
  }

  warn(text: string): void {
    this.#warnings.push(text)
  }

  /** Carries out one step of an import; what the control plane refuses becomes an error `Unable to {step}: {reason}`. */
  attempt<Result>(step: string, action: () => Result): Result | undefined {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      // A quota that is used up ends the import with that error itself. Source: boto/boto3#1296.
      if (error.code === 'LimitExceededException') throw error
      this.#errors.push(`Unable to ${step}: ${error.message}`)
      return undefined
    }
  }

  /** @throws ServiceError BadRequestException where there was an error, or a warning that must not be */
  conclude(failOnWarnings: boolean | undefined): void {
    if (this.#errors.length > 0) {
      const texts = [list('Errors found during import:', this.#errors)]
      if (this.#warnings.length > 0) texts.push(list('Additionally, these warnings were found:', this.#warnings))
      throw badRequest(texts.join('\n'))
    }
    if (failOnWarnings && this.#warnings.length > 0) {
      throw badRequest(list('Warnings found during import:', this.#warnings))
    }
  }
}

const list = (heading: string, texts: readonly string[]) => [heading, ...texts].join('\n\t')
