variable "function_name" {
  type        = string
  description = "Name of the function, which exists already. The application gets the same name."
}

variable "alias" {
  type        = string
  default     = "live"
  description = "Alias that clients invoke. The first release creates it. The deployment group gets the same name."
}

variable "repository" {
  type        = string
  description = "The repository, such as acme/payments, or acme@1234/payments@5678 (with the numeric ids) if it was created, renamed or transferred since July 2026."

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+(@[0-9]+)?/[A-Za-z0-9_.-]+(@[0-9]+)?$", var.repository))
    error_message = "Give one repository, without wildcards."
  }
}

variable "environment" {
  type        = string
  default     = "production"
  description = "The job's environment. Only jobs of this environment may assume the deploying role."

  validation {
    condition     = can(regex("^[^*?]{1,255}$", var.environment))
    error_message = "Give one environment, without wildcards."
  }
}

variable "create_oidc_provider" {
  type        = bool
  default     = false
  description = "An account has one provider for GitHub's tokens. Set this to true for the first function, if there is none yet."
}

variable "strategy" {
  type        = string
  default     = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
  description = "How traffic moves unless the workflow says otherwise."
}

variable "hooks" {
  type        = list(string)
  default     = []
  description = "Names of the functions that CodeDeploy invokes before or after traffic moves."
}

variable "errors_per_minute" {
  type        = number
  default     = 5
  description = "The alarm goes off when more calls through the alias fail in a minute, whichever version they reach."
}
