"""The demo register: sourced facts under real names, and a made-up rest that brings the figures out.

It names every app, as only the composition root may. Nothing of it is imported unless `load_demo` runs.
"""
