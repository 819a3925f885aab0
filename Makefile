# The commands of the project. `make demo` and `make test` need python3 (3.11 or newer) with venv, and a package index.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
SIZES ?= 218 16000
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --no-deps --require-hashes --progress-bar off
DEMO := OCOP_DEMO=1 COLLECTED_STATIC=1
ENGLISH := locale/en/LC_MESSAGES/django
MARKED := --ignore .venv --ignore var --ignore tests --ignore bench

.PHONY: demo test check messages bench stop clean
.DEFAULT_GOAL := demo

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cần Python 3.11 trở lên."; exit 1; }
	@echo "Tạo môi trường $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { echo "Cần mô-đun venv: apt install python3-venv."; rm -rf $(VENV); exit 1; }

$(VENV)/.base: requirements/base.txt | $(VENV)/bin/python
	@echo "Cài thư viện đã khóa phiên bản …"
	@$(PIP) -r requirements/base.txt | grep -v "already satisfied" || test $${PIPESTATUS[0]} -eq 0
	@touch $@

# Holds all of the base too, so that one run of pip installs both.
$(VENV)/.dev: requirements/dev.txt requirements/base.txt | $(VENV)/bin/python
	@echo "Cài thư viện và công cụ kiểm thử …"
	@$(PIP) -r requirements/dev.txt | grep -v "already satisfied" || test $${PIPESTATUS[0]} -eq 0
	@touch $(VENV)/.base $@

# Collected only when a file or a library has changed, so that a second start takes seconds.
var/static/.collected: $(VENV)/.base $(shell find static -type f)
	@echo "Gom tệp tĩnh …"
	@$(DEMO) $(PY) manage.py collectstatic --noinput --verbosity 0
	@touch $@

demo: $(VENV)/.base var/static/.collected
	@echo "Chuẩn bị cơ sở dữ liệu …"
	@$(DEMO) $(PY) manage.py migrate --verbosity 0
	@$(DEMO) $(PY) manage.py load_demo --if-empty
	@echo "Sổ bộ: http://127.0.0.1:$(PORT)/   Bàn làm việc: http://127.0.0.1:$(PORT)/can-bo/   (Ctrl+C để dừng)"
	@$(DEMO) PORT=$(PORT) $(VENV)/bin/gunicorn ocop_portal.wsgi

# Compiled once, for both workers and for each process that a test starts.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/.dev
	@$(PY) -m pytest -n 2 --dist worksteal

check: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint --quiet --lint templates
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pytest tests/ocop_portal/test_english_catalogue.py
	PRODUCTION=1 SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')" ALLOWED_HOSTS=ocop.example.vn \
	  DATABASE_URL=postgres:///check $(PY) manage.py check --deploy --fail-level WARNING

# English of the public pages: gathers the sentences marked for translation, and compiles what is translated.
# Needs GNU gettext (apt install gettext). Locations and dates are left out, so that a diff shows sentences alone.
messages: $(VENV)/.base
	@$(PY) manage.py makemessages --locale en --no-location --no-wrap --no-obsolete $(MARKED)
	@sed -i '/^"POT-Creation-Date:/d' $(ENGLISH).po
	@msgfmt --check-format --output-file $(ENGLISH).mo $(ENGLISH).po
	@if { msgattrib --untranslated $(ENGLISH).po; msgattrib --only-fuzzy $(ENGLISH).po; } | grep '^msgid "[^"]'; then \
	  echo "Những câu trên chưa có tiếng Anh: hãy dịch trong $(ENGLISH).po rồi chạy lại make messages."; fi

# Minutes for each size; its databases stay under var/bench. The figures and what they mean: bench/README.md.
bench: $(VENV)/.base
	@$(PY) -m bench --sizes "$(SIZES)"

stop:
	@test ! -x $(PY) || $(PY) -m ocop_portal.embedded stop
	@test ! -x $(PY) || STATE_DIR=var/bench $(PY) -m ocop_portal.embedded stop

clean: stop
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache
