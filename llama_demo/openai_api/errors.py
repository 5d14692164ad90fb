"""Errors in OpenAI's form: ``{"error": {"message", "type", "param", "code"}}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse

from llama_demo.errors import BusyError, CheckpointError, DemoError, DeviceError, InputError, PolicyError

PREFIX = "/v1/"
"""Beginning of the paths of this API."""

_PARAMETERS = {
    "max_new_tokens": "max_tokens",
    "stop_too_many": "stop",
    "stop_too_long": "stop",
    "embed_too_many": "input",
    "similarity_too_long": "input",
}
"""What OpenAI calls a field, by our field or by the key of the error about it."""

_CODES = {
    "model_unknown": "model_not_found",
    "model_missing": "model_not_found",
    "prompt_too_long": "context_length_exceeded",
    "prompt_too_large": "string_above_max_length",
    "embed_too_many": "array_above_max_length",
    "similarity_too_long": "string_above_max_length",
}
"""OpenAI's codes, by the keys of our errors."""


class ApiError(Exception):
    """A request that is refused in OpenAI's form.

    Args:
        message: in English, as all of OpenAI's are.
        status: of the response.
        param: name of the field that is wrong; empty for none.
        code: that programs compare.
    """

    def __init__(self, message: str, *, status: int = 400, param: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message, self.status, self.param, self.code = message, status, param, code

    def response(self, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """The response."""
        return JSONResponse(self.body(), self.status, dict(headers or {}))

    def body(self) -> dict[str, Any]:
        """The body of the response, also of an event in a stream."""
        return {
            "error": {
                "message": self.message,
                "type": _TYPES.get(self.status, "invalid_request_error"),
                "param": self.param or None,
                "code": self.code or None,
            }
        }


def in_api_form(refusal: PlainTextResponse) -> JSONResponse:
    """A refusal of the server in OpenAI's form, with its status and headers."""
    error = ApiError(bytes(refusal.body).decode(), status=refusal.status_code)
    headers = {name: value for name, value in refusal.headers.items() if not name.startswith("content-")}
    return error.response(headers)


_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "server_error",
}


def api_error(error: DemoError, sentence: str) -> ApiError:
    """An error of the app in OpenAI's form.

    Args:
        sentence: that says what is wrong.
    """
    param = str(error.values.get("name", "")) if error.key == "out_of_range" else ""
    param = _PARAMETERS.get(param or error.key, param)
    code = _CODES.get(error.key, error.key)
    if code == "model_not_found":
        return ApiError(sentence, status=404, param="model", code=code)
    if isinstance(error, PolicyError):
        return ApiError(sentence, code="content_policy_violation")
    if isinstance(error, BusyError):
        return ApiError(sentence, status=429, code="rate_limit_exceeded")
    if isinstance(error, InputError):
        return ApiError(sentence, param=param, code=code)
    if isinstance(error, CheckpointError):
        return ApiError(sentence, code=code)
    return ApiError(sentence, status=503 if isinstance(error, DeviceError) else 500, code=code)
