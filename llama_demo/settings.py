"""Settings of the program: flags first, then ``LLAMA_DEMO_*`` variables, then the defaults.

A Hugging Face Space names itself in ``SPACE_ID`` and its address in ``SPACE_HOST``; both are read here
and nowhere else.
"""

from __future__ import annotations

import os
import re
import shutil
from argparse import Action, ArgumentParser, HelpFormatter
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    CliImplicitFlag,
    CliSettingsSource,
    CliSuppress,
    NoDecode,
    SettingsConfigDict,
)

from llama_demo.errors import SettingsError
from llama_demo.limits import PROFILES, Limits
from llama_demo.page_languages import FALLBACK, PageLanguageCode, page_language_of

ASSETS = Path(__file__).resolve().parents[1] / "assets"
"""What ships with the program: bundled models, texts, style sheets, icons."""

STORAGE = Path("/data")
"""Where a Space finds the storage that its owner has mounted, if any."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names under which a machine reaches itself."""

EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  (compared with, never listened on by default)


def _limit(description: str, *, least: int = 0) -> Any:
    """The flag of a limit; without it, the profile's number counts. 0 lifts the limit if ``least`` is 0."""
    ending = ", 0 for any" if least == 0 else ""
    return Field(None, ge=least, description=f"{description}{ending}; by profile")


class Settings(BaseSettings):
    """Write with a small LLaMA model on a page of your own: run it, then open the address it prints."""

    model_config = SettingsConfigDict(
        env_prefix="LLAMA_DEMO_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        cli_kebab_case=True,
        cli_hide_none_type=True,
        cli_avoid_json=True,
        cli_ignore_unknown_args=False,
    )

    host: str = Field("", description="address to listen on; 127.0.0.1 unless set, 0.0.0.0 on a Space")
    port: int = Field(7860, ge=0, le=65535, description="port to listen on; 0 takes any that is free")
    allowed_hosts: str = Field(
        "",
        description="further names under which browsers may ask for the page, or origins such as "
        "https://demo.example, separated by commas",
    )
    allow_anyone: CliImplicitFlag[bool] = Field(
        False, description="no password although other machines can call and everyone shares one history"
    )
    data_dir: Path | None = Field(None, description="folder of the history; your user data folder unless set")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field("auto", description="where the model computes")
    dtype: Literal["auto", "float32", "bfloat16", "float16", "int8", "int4"] = Field(
        "auto",
        description="precision of the weights: auto measures float32 and bfloat16; int8 takes a quarter of "
        "the memory and is faster at a small loss, int4 a sixth at a larger one but reads prompts slowly",
    )
    threads: int | None = Field(
        None, ge=1, le=1024, description="processor threads; PyTorch's choice unless set"
    )
    cuda_graphs: CliImplicitFlag[bool] = Field(
        True, description="with CUDA, decode a single text by CUDA graphs, once they proved to be right"
    )
    language: Literal["auto", PageLanguageCode] = Field(
        "auto", description="language of the page; auto asks each visitor's browser"
    )
    model: Annotated[tuple[Path, ...], NoDecode] = Field(
        (),
        description="model of your own, a folder in Hugging Face format or a GGUF file; several by commas",
    )
    backend: str = Field(
        "",
        description="base URL of another server in OpenAI's form that writes in place of this machine, "
        "such as http://127.0.0.1:8000/v1; its key is LLAMA_DEMO_BACKEND_KEY",
    )
    backend_model: str = Field("", description="name of the model of that server")
    policy: Path | None = Field(
        None, description="content policy in place of the bundled one, see docs/safety.md"
    )
    guard: Path | None = Field(
        None, description="guard model behind the rules of the policy: Llama Guard 3 or Qwen3Guard-Gen"
    )
    embedding_backend: str = Field(
        "",
        description="base URL of another server in OpenAI's form that embeds the library, whose documents "
        "are sent there; its key is LLAMA_DEMO_EMBEDDING_BACKEND_KEY",
    )
    embedding_backend_model: str = Field("", description="name of the model of that server")
    public: CliImplicitFlag[bool] = Field(
        False, description="many visitors, each sees only their own history; always so on a Space"
    )
    behind_proxy: CliImplicitFlag[bool] = Field(
        False, description="take visitors' addresses from X-Forwarded-For; always so on a Space"
    )
    profile: Literal["laptop", "lecture", "space"] | None = Field(
        None,
        description="the limits below, for one person, a room of thirty or a public Space; laptop "
        "unless set, space in public mode",
    )
    visitor_calls: int | None = _limit("calls of one visitor that are answered at once")
    address_calls: int | None = _limit("calls from one address that are answered at once")
    total_calls: int | None = _limit("calls that are answered at once")
    model_requests: int | None = _limit("texts that a model writes or translates at once", least=1)
    waiting_calls: int | None = _limit("calls that may wait before they are answered")
    waiting_documents: int | None = _limit("documents that may wait for their translation", least=1)
    request_files: int | None = _limit("files that can be added together")
    file_megabytes: int | None = _limit("size of one file that is added", least=1)
    visitor_documents: int | None = _limit("documents of one visitor")
    visitor_megabytes: int | None = _limit("size of one visitor's documents together")
    visitor_collections: int | None = _limit("collections of one visitor", least=1)
    visitor_conversations: int | None = _limit("stored conversations of one visitor")
    upload_megabytes: int | None = _limit("size of what programs uploaded and is not indexed yet", least=1)
    address_megabytes: int | None = _limit("the same from one address")
    keep_days: int | None = _limit("days after which the data of visitors who do not return are deleted")
    operators: str = Field(
        "",
        description="names of Hugging Face accounts that are operators of a Space beside its owner, "
        "separated by commas",
    )
    copy_dir: Path | None = Field(
        None,
        description="folder on other storage, such as a mounted bucket, for a copy of the history and the "
        "documents, which a start without them restores; on a Space /data/llama_demo if /data is mounted",
    )
    backup: Path | None = Field(
        None, description="write the history and the documents to this new archive, and end; the app may run"
    )
    restore: Path | None = Field(
        None, description="put this archive in place of the history and the documents, and end"
    )
    get: Literal["small", "medium", "large"] | None = Field(
        None, description="download a set of models for a machine of this size, and end"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="of what is logged: lines for people, or JSON with a line for each request"
    )
    open: CliImplicitFlag[bool] = Field(False, description="open the page in the browser")
    window: CliImplicitFlag[bool] = Field(
        False, description="open the page in a window of its own, which ends the app when it is closed"
    )
    install_shortcut: CliImplicitFlag[bool] = Field(
        False, description="add the app, with the other flags given, to the start menu, and end"
    )
    remove_shortcut: CliImplicitFlag[bool] = Field(False, description="take it out of there again, and end")

    password: CliSuppress[SecretStr] = SecretStr("")  # a flag would be seen in the list of processes
    api_key: CliSuppress[SecretStr] = SecretStr("")
    backend_key: CliSuppress[SecretStr] = SecretStr("")
    embedding_backend_key: CliSuppress[SecretStr] = SecretStr("")
    space_id: CliSuppress[str] = Field("", validation_alias="SPACE_ID")
    space_host: CliSuppress[str] = Field("", validation_alias="SPACE_HOST")
    space_author: CliSuppress[str] = Field("", validation_alias="SPACE_AUTHOR_NAME")
    system: CliSuppress[str] = Field("", validation_alias="SYSTEM")  # "spaces" on a Space
    oauth_client_id: CliSuppress[str] = Field("", validation_alias="OAUTH_CLIENT_ID")
    oauth_client_secret: CliSuppress[SecretStr] = Field(SecretStr(""), validation_alias="OAUTH_CLIENT_SECRET")
    oauth_scopes: CliSuppress[str] = Field("", validation_alias="OAUTH_SCOPES")
    openid_provider_url: CliSuppress[str] = Field("", validation_alias="OPENID_PROVIDER_URL")

    @field_validator("model", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [folder.strip() for folder in value.split(",") if folder.strip()]

    @property
    def on_space(self) -> bool:
        """Whether this runs as a Hugging Face Space."""
        return bool(self.space_id)

    @property
    def is_public(self) -> bool:
        """Whether each visitor is an owner of their own; on a Space always."""
        return self.public or self.on_space

    @property
    def signs_in(self) -> bool:
        """Whether visitors can sign in with Hugging Face: on a Space whose README has ``hf_oauth: true``.

        Elsewhere Gradio would sign everyone in as the user whose token is stored on the machine.
        """
        client = (self.oauth_client_id, self.oauth_client_secret.get_secret_value(), self.oauth_scopes)
        return self.on_space and self.system == "spaces" and all((*client, self.openid_provider_url))

    @property
    def operator_names(self) -> frozenset[str]:
        """Accounts that are operators, in lower case: the owner of the Space, and those of ``operators``."""
        owner = self.space_author or self.space_id.partition("/")[0]
        return frozenset(name.strip().lower() for name in (*self.operators.split(","), owner) if name.strip())

    @property
    def computed(self) -> Literal["private", "server", "space"]:
        """Where texts are computed: on the machine of whoever types them, on a server, or on a Space."""
        if self.on_space:
            return "space"
        alone = self.listen_host in LOOPBACK and not self.allowed_hosts
        return "private" if alone and not self.is_public and not self.is_behind_proxy else "server"

    @property
    def is_behind_proxy(self) -> bool:
        """Whether a proxy tells the addresses of visitors, as that of a Space does."""
        return self.behind_proxy or self.on_space

    @property
    def limits(self) -> Limits:
        """The limits of the profile, with those that were given in place of its own."""
        profile = self.profile or ("space" if self.is_public else "laptop")
        given = {one.name: getattr(self, one.name) for one in fields(Limits)}
        return replace(
            PROFILES[profile], **{name: value for name, value in given.items() if value is not None}
        )

    @property
    def listen_host(self) -> str:
        """The address to listen on."""
        return self.host or ("0.0.0.0" if self.on_space else "127.0.0.1")  # noqa: S104

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every name that a Host header may carry: loopback, the address listened on, what was allowed."""
        allowed = (urlsplit(one).hostname or "" if "://" in one else one for one in self._allowed)
        names = [*LOOPBACK, *allowed, *self.space_host.split(",")]
        if self.listen_host not in EVERY_ADDRESS:
            names.append(self.listen_host)
        return tuple(dict.fromkeys(name.strip().lower().strip("[]") for name in names if name.strip()))

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins among the allowed hosts, and those of a Space."""
        own = (f"https://{name.strip()}" for name in self.space_host.split(",") if name.strip())
        return tuple(one.lower() for one in (*self._allowed, *own) if "://" in one)

    @property
    def needs_password(self) -> bool:
        """Whether other machines can call while every caller is the operator."""
        return self.listen_host not in LOOPBACK and not self.is_public and not self.allow_anyone

    @property
    def _allowed(self) -> list[str]:
        return [one.strip() for one in self.allowed_hosts.split(",")]

    @property
    def data_folder(self) -> Path:
        """Where the history is kept: never the working directory, unless it was named."""
        if self.data_dir is not None:
            return self.data_dir.expanduser().absolute()
        return Path(platformdirs.user_data_dir("llama_demo", appauthor=False))

    @property
    def copy_folder(self) -> Path | None:
        """Where a copy of the data is kept; None for nowhere."""
        if self.copy_dir is not None:
            return self.copy_dir.expanduser().absolute()
        mounted = self.on_space and os.path.ismount(STORAGE) and os.access(STORAGE, os.W_OK)
        return STORAGE / "llama_demo" if mounted else None

    @property
    def models_folder(self) -> Path:
        """Where models are downloaded to, and where folders of models and GGUF files can be put."""
        return self.data_folder / "models"


class ReadableHelp(HelpFormatter):
    """Help with plain placeholders instead of Python types, and without empty defaults."""

    VALUES = {  # noqa: RUF012  (argparse reads no annotations)
        "int": "N",
        "Path": "FOLDER",
        "str": "NAME",
        "tuple[Path,...]": "FOLDER[,FOLDER...]",
    }

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=min(100, shutil.get_terminal_size().columns))

    def _expand_help(self, action: Action) -> str:
        return re.sub(r" \(default: (None|False|\(\))?\)$", "", super()._expand_help(action))

    def _format_args(self, action: Action, default_metavar: str) -> str:
        shown = super()._format_args(action, default_metavar)
        return self.VALUES.get(shown, shown)


def load(arguments: Sequence[str]) -> Settings:
    """Settings from these command-line arguments and the environment.

    Raises:
        SettingsError: a value is unknown or out of range; its key says which flag and why. Or two flags
            exclude each other, or the data folder and that of the copy do.
        SystemExit: ``--help`` was asked for, or a flag does not exist.
    """
    parser = ArgumentParser(
        prog="python app.py",
        description=Settings.__doc__,
        epilog="Each flag can be set as a variable too: --data-dir is LLAMA_DEMO_DATA_DIR. Where other "
        "machines can call, the page asks for a password: that of LLAMA_DEMO_PASSWORD, or one that is "
        "printed at the start. LLAMA_DEMO_API_KEY is the key that programs send to /v1, which is off without "
        "one in public mode.",
        formatter_class=ReadableHelp,
    )
    source: CliSettingsSource[Any] = CliSettingsSource(
        Settings, root_parser=parser, cli_parse_args=list(arguments)
    )
    try:
        settings = Settings(_cli_settings_source=source)  # type: ignore[call-arg]
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        name = str(first["loc"][0])
        raise SettingsError(
            "flag_invalid",
            flag="--" + name.replace("_", "-"),
            variable=f"LLAMA_DEMO_{name.upper()}",
            value=str(first["input"])[:100],
            reason=first["msg"],
        ) from exc
    if settings.backup is not None and settings.restore is not None:
        raise SettingsError("backup_and_restore")
    _refuse_database_on_storage(settings)
    if settings.window and (settings.is_public or settings.listen_host not in LOOPBACK):
        raise SettingsError("window_is_local")
    for flag in ("backend", "embedding_backend"):
        if getattr(settings, flag) and not getattr(settings, f"{flag}_model"):
            name = flag.replace("_", "-")
            raise SettingsError("backend_model_needed", flag=f"--{name}", needed=f"--{name}-model")
    return settings


def _refuse_database_on_storage(settings: Settings) -> None:
    """Raises: SettingsError: ``copy_dir_beside`` if the database would be where its copy belongs."""
    copy, data = settings.copy_folder, settings.data_folder
    if copy is None:
        return
    storage = copy if settings.copy_dir is not None else STORAGE
    if data.is_relative_to(storage) or copy.is_relative_to(data):
        raise SettingsError("copy_dir_beside", path=str(data), copy=str(copy))


def terminal_language(settings: Settings | None = None) -> PageLanguageCode:
    """The language of what is printed in the terminal: the flag, else the terminal's locale."""
    if settings is not None and settings.language != "auto":
        return settings.language
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return page_language_of(locale) or FALLBACK
