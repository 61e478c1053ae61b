# The worker and the fake API of docker-compose.yml, from this repository.
FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build
RUN mkdir /outputs && chown node:node /outputs
USER node
